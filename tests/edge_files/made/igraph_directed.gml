Creator "igraph version 1.0.0 Fri Nov 27 17:29:19 2026"
Version 1
graph
[
  directed 1
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
    source 0
    target 1
    weight 1.5
  ]
  edge
  [
    source 0
    target 2
    weight 2
  ]
  edge
  [
    source 1
    target 2
    weight 0.25
  ]
  edge
  [
    source 2
    target 3
    weight 4
  ]
  edge
  [
    source 3
    target 4
    weight 1
  ]
  edge
  [
    source 3
    target 5
    weight 8
  ]
  edge
  [
    source 4
    target 5
    weight 0.5
  ]
]
