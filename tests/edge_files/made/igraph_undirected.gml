Creator "igraph version 1.0.0 Fri Nov 27 17:29:19 2026"
Version 1
graph
[
  directed 0
  node
  [
    id 0
  ]
  node
  [
    id 1
  ]
  node
  [
    id 2
  ]
  node
  [
    id 3
  ]
  node
  [
    id 4
  ]
  node
  [
    id 5
  ]
  edge
  [
    source 1
    target 0
    weight 1.5
  ]
  edge
  [
    source 2
    target 0
    weight 2
  ]
  edge
  [
    source 2
    target 1
    weight 0.25
  ]
  edge
  [
    source 3
    target 2
    weight 4
  ]
  edge
  [
    source 4
    target 3
    weight 1
  ]
  edge
  [
    source 5
    target 3
    weight 8
  ]
  edge
  [
    source 5
    target 4
    weight 0.5
  ]
]
