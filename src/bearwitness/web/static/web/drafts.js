"use strict";
// Keeps what stands in a form on the server while it is written. Nothing stays in the browser.
(function () {
  const PAUSE = 1500; // after the last key
  const LONGEST = 8000; // while somebody goes on typing
  const AGAIN = 4000; // after a failure

  function watch(form) {
    const told = form.querySelector("output.kept");
    const address = form.dataset.draft;
    let changed = 0; // counts what was typed
    let kept = 0; // as far as it is kept
    let keptAt = "";
    let first = 0; // when typing began that is not kept yet
    let waiting = 0;
    let asking = null;
    let leaving = false;

    function tell(what) {
      const text = told.dataset[what].replace("{0}", keptAt);
      if (told.textContent !== text) told.textContent = text;
      told.classList.toggle("lost", what !== "kept");
    }

    function content() {
      const data = new FormData(form);
      for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
      data.set("draft", "keep");
      return data;
    }

    function send(keepalive) {
      return fetch(address, { method: "POST", body: content(), credentials: "same-origin", keepalive });
    }

    // Signing in again in another window changes the token: take it from a page as it is now.
    async function renew() {
      const page = await fetch(location.pathname, { credentials: "same-origin" });
      const there = new DOMParser().parseFromString(await page.text(), "text/html");
      const token = there.querySelector("main [name=csrfmiddlewaretoken]");
      if (page.redirected || !token) return false;
      for (const field of document.querySelectorAll("[name=csrfmiddlewaretoken]")) field.value = token.value;
      return true;
    }

    async function ask() {
      const mine = changed;
      try {
        let answer = await send(false);
        if (answer.status === 403 && await renew()) answer = await send(false);
        if (answer.redirected) return lost("signedOut");
        if (!(answer.headers.get("Content-Type") || "").includes("json")) return lost();
        const state = await answer.json();
        if (!state.kept) {
          told.textContent = state.said;
          return false;
        }
        keptAt = new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
        kept = mine;
        first = 0;
        tell(state.overtaken ? "overtaken" : "kept");
        if (kept !== changed) later();
        return true;
      } catch (error) {
        return lost();
      }
    }

    function lost(why) {
      tell(why || (keptAt ? "lost" : "never"));
      clearTimeout(waiting);
      waiting = setTimeout(keep, AGAIN);
      return false;
    }

    function keep() {
      clearTimeout(waiting);
      if (!asking) asking = ask().finally(() => { asking = null; });
      return asking;
    }

    function later() {
      const now = Date.now();
      first = first || now;
      clearTimeout(waiting);
      waiting = setTimeout(keep, Math.max(0, Math.min(PAUSE, first + LONGEST - now)));
    }

    form.addEventListener("input", () => { changed += 1; later(); });
    form.addEventListener("change", () => { changed += 1; later(); });
    window.addEventListener("online", () => { if (kept !== changed) keep(); });
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden" && kept !== changed && !leaving) {
        send(true).catch(() => {});
      }
    });

    // A form that is sent into a dead line would leave an error page in its place.
    form.addEventListener("submit", async (event) => {
      if (leaving) return;
      event.preventDefault();
      const button = event.submitter;
      if (asking) await asking;
      changed += 1;
      if (await keep()) {
        clearTimeout(waiting);
        leaving = true;
        form.requestSubmit(button);
        setTimeout(() => { leaving = false; }, 2000);
      } else if (told.classList.contains("lost") && !told.textContent.includes(told.dataset.signedOut)) {
        tell("unsent");
      }
    });
    // "Leave quickly", and every other form or link that is chosen, asks nothing.
    document.addEventListener("submit", (event) => { if (event.target !== form) leaving = true; });
    window.addEventListener("beforeunload", (event) => {
      if (kept !== changed && !leaving && told.classList.contains("lost")) event.preventDefault();
    });
  }
  document.querySelectorAll("form[data-draft]").forEach(watch);
})();
