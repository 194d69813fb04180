// Runs before the first paint: chooses the theme and which skeleton of the page to show. A file of its own, since the
// content security policy allows no inline scripts.
(() => {
  const root = document.documentElement;
  let choice = null;
  try {
    choice = localStorage.getItem("theme");
  } catch {
    // Storage may be switched off; then the system's theme holds.
  }
  const dark = choice === "dark" || (choice !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  root.dataset.theme = dark ? "dark" : "light";
  root.dataset.shell = location.pathname.startsWith("/auth/") ? "auth" : "app";
  // A script or style sheet that does not arrive fires on its element and does not bubble.
  addEventListener(
    "error",
    (event) => {
      if (event.target instanceof HTMLScriptElement || event.target instanceof HTMLLinkElement) {
        root.dataset.boot = "failed";
      }
    },
    true,
  );
})();
