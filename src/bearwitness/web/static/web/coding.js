"use strict";
// Words marked in an interview go into the form that codes an act, with what stands before them.
(function () {
  const words = document.getElementById("words");
  const quote = document.querySelector("[data-quote]");
  const before = document.querySelector("[data-before]");
  if (!words || !quote || !before) return;
  function take() {
    const marked = document.getSelection();
    if (!marked.rangeCount || marked.isCollapsed) return;
    const range = marked.getRangeAt(0);
    if (!words.contains(range.commonAncestorContainer)) return;
    const ahead = document.createRange();
    ahead.setStart(words, 0);
    ahead.setEnd(range.startContainer, range.startOffset);
    quote.value = range.toString();
    before.value = ahead.toString().slice(-60);
  }
  words.addEventListener("mouseup", take);
  words.addEventListener("touchend", take);
  words.addEventListener("keyup", take);
  // What is typed by hand has no place yet.
  quote.addEventListener("input", () => { before.value = ""; });
})();
