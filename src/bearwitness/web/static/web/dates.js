"use strict";
// Shows, under a date field, how what is typed was read.
(function () {
  const fields = document.querySelectorAll("[data-said-date]");
  function watch(field) {
    const told = document.createElement("output");
    told.htmlFor = field.id;
    told.className = "read-as";
    field.after(told);
    let waiting = 0;
    let asked = 0;
    async function ask() {
      const mine = ++asked;
      const form = new FormData();
      form.append("said", field.value);
      form.append("csrfmiddlewaretoken", field.form.elements.csrfmiddlewaretoken.value);
      try {
        const answer = await fetch("/read-date/", { method: "POST", body: form, credentials: "same-origin" });
        const text = await answer.text();
        if (mine === asked) told.textContent = answer.ok ? text : "";
      } catch (error) {
        told.textContent = "";
      }
    }
    field.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(ask, 300);
    });
  }
  fields.forEach(watch);
})();
