// What the server cannot draw: dropping files, choosing without a button, keys.
(() => {
  const csrf = document.querySelector('meta[name="csrf"]')?.content;
  document.addEventListener("htmx:config:request", (event) => {
    if (csrf) event.detail.ctx.request.headers["X-CSRF-Token"] = csrf;
  });

  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-send-on-change]");
    if (form) form.requestSubmit();
  });

  // The menu closes when somebody clicks beside it or presses Escape.
  const menus = () => document.querySelectorAll("details.menu[open]");
  document.addEventListener("click", (event) => {
    menus().forEach((menu) => menu.contains(event.target) || menu.removeAttribute("open"));
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") menus().forEach((menu) => menu.removeAttribute("open"));
    const typing = event.target.closest("input, textarea, select");
    if (event.key === "/" && !typing) {
      const field = document.querySelector('input[type="search"]');
      if (field) {
        event.preventDefault();
        field.focus();
      }
    }
    if (!typing && !event.ctrlKey && !event.metaKey && !event.altKey) answer(event);
  });

  // A list to be answered by keys: j and k go on and back, a row's own keys press its buttons.
  const rows = () => [...document.querySelectorAll("[data-row]")];
  const answer = (event) => {
    const list = rows();
    if (!list.length && !document.querySelector("[data-key]")) return;
    const at = list.indexOf(document.activeElement?.closest("[data-row]"));
    const step = { j: 1, k: -1 }[event.key];
    if (step && list.length) {
      const next = Math.min(Math.max(at + step, 0), list.length - 1);
      list[next].focus();
      return;
    }
    const key = `[data-key="${CSS.escape(event.key)}"]`;
    const outside = [...document.querySelectorAll(key)].find((each) => !each.closest("[data-row]"));
    const pressed = list[Math.max(at, 0)]?.querySelector(key) ?? outside;
    if (pressed && !event.repeat) pressed.click();
  };

  const start = (root) => {
    root.querySelectorAll("[data-drop]").forEach((zone) => {
      const field = zone.querySelector('input[type="file"]');
      const send = () => field.files.length && zone.requestSubmit();
      field.addEventListener("change", () => {
        zone.classList.add("sending");
        send();
      });
      ["dragenter", "dragover"].forEach((name) =>
        zone.addEventListener(name, (event) => {
          event.preventDefault();
          zone.classList.add("over");
        }),
      );
      ["dragleave", "drop"].forEach((name) =>
        zone.addEventListener(name, () => zone.classList.remove("over")),
      );
      zone.addEventListener("drop", (event) => {
        event.preventDefault();
        field.files = event.dataTransfer.files;
        zone.classList.add("sending");
        send();
      });
    });
  };
  document.addEventListener("DOMContentLoaded", () => {
    start(document);
    if (document.querySelector("[data-row] [data-key]")) rows()[0].focus({ preventScroll: true });
  });
})();
