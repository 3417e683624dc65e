/* Pages that are opened from disk may start no worker. A hidden frame does its work: it runs the same script,
   and is spoken to by messages in the same way. */
if (location.protocol === "file:") {
  // The script looks for this name to know that it is no worker.
  window.IFrameWorker = window.Worker = class extends EventTarget {
    constructor(address) {
      super()
      this.onmessage = null
      this.waiting = []
      window.addEventListener("message", (event) => {
        if (event.source !== this.frame.contentWindow) return
        const told = new MessageEvent("message", { data: event.data })
        this.dispatchEvent(told)
        if (this.onmessage) this.onmessage(told)
      })
      this.frame = document.createElement("iframe")
      this.frame.hidden = true
      document.body.appendChild(this.frame)
      const page = this.frame.contentDocument
      page.open()
      page.write(
        "<script>" +
          "window.postMessage = (data) => parent.postMessage(data, '*');" +
          "window.importScripts = (...addresses) => addresses.reduce((before, address) => before.then(" +
          "() => new Promise((done, failed) => {" +
          "const script = document.createElement('script');" +
          "script.src = address; script.onload = done; script.onerror = failed;" +
          "document.body.appendChild(script) })), Promise.resolve());" +
          "</" + "script><script src=\"" + address + "\"></" + "script>"
      )
      page.close()
      this.frame.onload = () => {
        const waiting = this.waiting
        this.waiting = null
        waiting.forEach((data) => this.postMessage(data))
      }
    }

    postMessage(data) {
      if (this.waiting) {
        this.waiting.push(data)
      } else {
        this.frame.contentWindow.dispatchEvent(new MessageEvent("message", { data }))
      }
    }

    terminate() {
      this.frame.remove()
    }
  }
}
