// Asks the browser for a passkey and puts its answer into the form. What is said stands in the page.
(() => {
  "use strict";

  function show(form, which) {
    for (const line of form.querySelectorAll("[data-says]")) line.hidden = line.dataset.says !== which;
  }

  async function optionsOf(form) {
    if (!form.dataset.ask) return JSON.parse(document.getElementById("passkey").textContent);
    const answer = await fetch(form.dataset.ask, { headers: { Accept: "application/json" } });
    return answer.json();
  }

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    if (!window.isSecureContext || !window.PublicKeyCredential) {
      show(form, "cannot");
      for (const button of form.querySelectorAll("button")) button.disabled = true;
      continue;
    }
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      show(form, "asks");
      try {
        const answer = await window.webauthnJSON[form.dataset.passkey](await optionsOf(form));
        form.elements.credential.value = JSON.stringify(answer);
        form.submit();
      } catch {
        show(form, "failed");
      }
    });
  }
})();
