// Tells the server while somebody is at the page, and clears the screen when nobody is.
(() => {
  "use strict";
  const body = document.body;
  const idle = Number(body.dataset.idle) * 60_000;
  // Before the server ends the session, so that nothing is sent to it in vain.
  const away = Math.max(idle - 120_000, idle * 0.9);
  const often = Math.min(60_000, idle / 5);
  let last = Date.now();
  let told = last;
  let changed = false;

  for (const kind of ["keydown", "pointerdown", "pointermove", "scroll", "input"]) {
    document.addEventListener(kind, () => { last = Date.now(); }, { capture: true, passive: true });
  }
  document.addEventListener("input", (event) => { changed = changed || Boolean(event.target.form); });

  async function ask() {
    const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
    const headers = { "X-CSRFToken": token };
    const answer = await fetch(body.dataset.here, { method: "POST", headers, redirect: "error" });
    return answer.ok ? answer.json() : null;
  }

  function clear() {
    if (!changed) location.replace(body.dataset.start);
    document.documentElement.classList.add("away");
  }

  async function look() {
    if (document.documentElement.classList.contains("away")) return;
    const now = Date.now();
    if (now - last > away) {
      clear();
    } else if (last > told && now - told > often) {
      told = now;
      await ask().catch(() => {}); // offline for a moment: the next one will tell
    }
  }

  // Another tab signed in since: the forms here get its token, and are shown to the same person.
  document.getElementById("uncover").addEventListener("click", async () => {
    let answer = await ask().catch(() => null);
    if (!answer) {
      const said = await fetch(body.dataset.start, { redirect: "follow" }).catch(() => null);
      const page = said && new DOMParser().parseFromString(await said.text(), "text/html");
      const token = page && page.body.dataset.name && page.querySelector("[name=csrfmiddlewaretoken]");
      answer = token && { name: page.body.dataset.name, token: token.value };
    }
    if (!answer || answer.name !== body.dataset.name) return;
    for (const field of document.querySelectorAll("[name=csrfmiddlewaretoken]")) field.value = answer.token;
    last = told = Date.now();
    document.documentElement.classList.remove("away");
  });
  setInterval(look, Math.min(5_000, idle / 20));
})();
