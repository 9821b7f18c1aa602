"use strict";
// Searching the tables of contacts; without this script every row simply stays in sight.
document.querySelectorAll(".search").forEach(function (bar) {
  var table = document.getElementById(bar.dataset.table);
  var box = bar.querySelector("input");
  var choice = bar.querySelector("select");
  var said = bar.querySelector("output");
  var rows = Array.from(table.tBodies[0].rows).map(function (row) {
    return { row: row, verdict: row.dataset.verdict, text: plain(row.textContent) };
  });
  function plain(text) {
    return text.normalize("NFKC").toLowerCase();
  }
  function search() {
    var words = plain(box.value).split(/\s+/).filter(Boolean);
    var left = 0;
    rows.forEach(function (one) {
      var here = (!choice.value || one.verdict === choice.value) &&
        words.every(function (word) { return one.text.includes(word); });
      one.row.hidden = !here;
      left += here ? 1 : 0;
    });
    said.value = said.dataset.said.replace("#", left).replace("#", rows.length);
  }
  box.addEventListener("input", search);
  choice.addEventListener("change", search);
  bar.hidden = false;
  search();
});
