// Light or dark: as the system has it, until somebody chooses.
"use strict";
const darkSystem = matchMedia("(prefers-color-scheme: dark)");

function chosenTheme() {
  try {
    return localStorage.getItem("abm-theme");
  } catch {
    return null; // a browser may refuse storage to files
  }
}

function applyTheme(theme) {
  document.documentElement.classList.toggle("dark", theme === null ? darkSystem.matches : theme === "dark");
}

applyTheme(chosenTheme());
darkSystem.addEventListener("change", () => {
  applyTheme(chosenTheme());
  redrawPictures();
});
document.getElementById("theme").addEventListener("click", () => {
  const theme = document.documentElement.classList.contains("dark") ? "light" : "dark";
  applyTheme(theme);
  redrawPictures();
  try {
    localStorage.setItem("abm-theme", theme);
  } catch {
    // it lasts as long as the page, then
  }
});
