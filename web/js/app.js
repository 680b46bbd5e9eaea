/* What a page gains when scripts run. Nothing here is needed to get a thing done. */
(function () {
  "use strict";
  var doc = document;
  function all(css, root) { return Array.prototype.slice.call((root || doc).querySelectorAll(css)); }

  /* Read aloud: a button with data-read="id" reads that element; without a voice the button stays hidden. */
  var voice = window.speechSynthesis;
  if (voice && window.SpeechSynthesisUtterance)
    all("[data-read]").forEach(function (button) {
      var words = button.lastChild, label = words.nodeValue;
      function still() { words.nodeValue = label; button.setAttribute("aria-pressed", "false"); }
      button.hidden = false;
      still();
      button.addEventListener("click", function () {
        var speaking = button.getAttribute("aria-pressed") === "true";
        voice.cancel();
        still();
        if (speaking) return;
        var target = doc.getElementById(button.getAttribute("data-read"));
        if (!target) return;
        /* Voices break off in long texts, so one sentence at a time. */
        var parts = target.innerText.match(/[^。！？；\n]*[^。！？；\s][。！？；]?/g);
        if (!parts) return;
        parts.forEach(function (text, i) {
          var u = new SpeechSynthesisUtterance(text);
          u.lang = doc.documentElement.lang || "zh-CN";
          u.rate = 0.9;
          if (i === parts.length - 1) u.onend = still;
          voice.speak(u);
        });
        words.nodeValue = "停下";
        button.setAttribute("aria-pressed", "true");
      });
    });

  /* A form is sent once. Coming back to the page makes it ready again. */
  doc.addEventListener("submit", function (event) {
    var form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (form.hasAttribute("data-sent")) { event.preventDefault(); return; }
    form.setAttribute("data-sent", "");
    /* After the browser has taken the values: a disabled button would lose its own. */
    setTimeout(function () {
      all("button:not([type=button])", form).forEach(function (b) { b.setAttribute("aria-disabled", "true"); });
    });
  });
  window.addEventListener("pageshow", function () {
    all("form[data-sent]").forEach(function (form) {
      form.removeAttribute("data-sent");
      all("button[aria-disabled]", form).forEach(function (b) { b.removeAttribute("aria-disabled"); });
    });
  });

  /* Photos become at most 1600 pixels on the long side before they travel. A photo that cannot be read goes as
   * it is. */
  function shrink(file) {
    if (!/^image\/(jpeg|png|webp|heic|heif)$/.test(file.type) || file.size < 300000) return Promise.resolve(file);
    return createImageBitmap(file, { imageOrientation: "from-image" }).then(function (image) {
      var scale = Math.min(1, 1600 / Math.max(image.width, image.height));
      var canvas = doc.createElement("canvas");
      canvas.width = Math.round(image.width * scale);
      canvas.height = Math.round(image.height * scale);
      canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
      return new Promise(function (done) { canvas.toBlob(done, "image/jpeg", 0.7); });
    }).then(function (blob) {
      if (!blob || blob.size >= file.size) return file;
      return new File([blob], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" });
    }).catch(function () { return file; });
  }
  if (window.createImageBitmap && window.DataTransfer)
    doc.addEventListener("change", function (event) {
      var input = event.target;
      if (input.type !== "file" || !input.hasAttribute("data-shrink")) return;
      var files = Array.prototype.slice.call(input.files);
      Promise.all(files.map(shrink)).then(function (small) {
        var list = new DataTransfer();
        small.forEach(function (f) { list.items.add(f); });
        /* Another choice may have been made meanwhile. */
        if (input.files.length === files.length && files.every(function (f, i) { return input.files[i] === f; }))
          input.files = list.files;
      });
    });

  /* data-poll="60" on an element with an id: the same page is fetched every 60 seconds and the element replaced. */
  all("[data-poll][id]").forEach(function (element) {
    var id = element.id, wait = Math.max(2, Number(element.getAttribute("data-poll")) || 60) * 1000;
    function again() { setTimeout(poll, wait); }
    function poll() {
      var now = doc.getElementById(id);
      if (!now) return;
      if (doc.hidden || now.contains(doc.activeElement)) { again(); return; }
      fetch(location.href, { credentials: "same-origin", headers: { "X-Poll": id } }).then(function (r) {
        return r.ok ? r.text() : "";
      }).then(function (text) {
        var fresh = text && new DOMParser().parseFromString(text, "text/html").getElementById(id);
        if (fresh && fresh.outerHTML !== now.outerHTML) now.replaceWith(fresh);
      }).catch(function () {}).then(again);
    }
    again();
  });
})();
