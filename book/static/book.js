// What is wider than its box scrolls in it, and is then reachable by the keyboard.
const BOXES = "pre, .table-wrapper, div.math, .cell_output .output";

function makeReachable() {
  for (const equation of document.querySelectorAll("mjx-container:not([display])")) {
    const column = equation.closest("p, li, td, dd") ?? document.body;
    equation.classList.remove("wide");
    equation.classList.toggle("wide", equation.offsetWidth > column.clientWidth);
  }
  for (const box of document.querySelectorAll(`${BOXES}, mjx-container.wide`)) {
    if (box.scrollWidth > box.clientWidth) {
      box.tabIndex = 0;
    } else {
      box.removeAttribute("tabindex");
    }
  }
}

window.addEventListener("load", async () => {
  makeReachable();
  await window.MathJax?.startup?.promise; // equations get their width last
  makeReachable();
});
window.addEventListener("resize", makeReachable);
