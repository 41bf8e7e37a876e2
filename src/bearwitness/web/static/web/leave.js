// Escape, three times within two seconds, leaves quickly: the page goes at once, then the sessions.
(() => {
  "use strict";
  const form = document.getElementById("leave");
  let presses = [];

  function hide() {
    document.documentElement.hidden = true;
    document.title = "";
  }
  form.addEventListener("submit", hide);
  document.addEventListener("keydown", (event) => {
    if (event.isComposing) return; // Escape also ends the choice of a Korean or Chinese word
    if (event.key !== "Escape" || event.repeat) {
      if (event.key !== "Escape") presses = [];
      return;
    }
    presses = presses.filter((at) => event.timeStamp - at < 2000).concat(event.timeStamp);
    if (presses.length >= 3) form.requestSubmit();
  }, true);
})();
