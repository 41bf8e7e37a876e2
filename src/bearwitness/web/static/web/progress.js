"use strict";
// Asks how the run stands, and shows the page anew when it has ended.
(function () {
  const place = document.getElementById("progress");
  if (!place) return;
  const text = place.querySelector("span");
  async function look() {
    try {
      const answer = await fetch(place.dataset.url, { credentials: "same-origin" });
      const state = await answer.json();
      if (state.state !== "running") return location.reload();
      if (state.message && text.textContent !== state.message) text.textContent = state.message;
    } catch (error) {
      // The server may be restarting; the run does not depend on it.
    }
    setTimeout(look, 1000);
  }
  setTimeout(look, 700);
})();
