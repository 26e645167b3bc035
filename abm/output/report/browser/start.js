// The page begins: the ranking first, for it is what people wait for.
"use strict";
function openNamed() {
  const wanted = /^#account=(.*)$/.exec(location.hash);
  if (!wanted) return;
  let id = "";
  try {
    id = decodeURIComponent(wanted[1]);
  } catch {
    return;
  }
  for (let row = 0; row < page.values.is_excluded.length; row += 1) {
    if (String(cell("account_id", row)) === id) {
      openAccount(row);
      return;
    }
  }
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-account]");
  if (!link) return;
  event.preventDefault();
  openAccount(Number(link.dataset.account), link);
});

startRanking();
openNamed();
document.documentElement.dataset.ready = "table";
performance.mark("ready");
drawPage().then(() => {
  document.documentElement.dataset.ready = "all";
});
