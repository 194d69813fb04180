// Appended to the module that wasm-bindgen generates: starts the app once its code is here.
__wbg_init({ module_or_path: "{{wasm}}" }).catch((error) => {
  console.error(error);
  document.documentElement.dataset.boot = "failed";
});
