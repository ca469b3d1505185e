// Runs before the page is drawn, so that nobody sees a flash of the wrong colours.
(() => {
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const draw = () => {
    const wanted = root.dataset.theme;
    root.classList.toggle("dark", wanted === "dark" || (wanted === "auto" && dark.matches));
  };
  dark.addEventListener("change", draw);
  draw();
})();
