// What the stories use. One file to import from; each part has its own.
export { PHONE, DESKTOP, SCHEMES, launch, screenshot, visit } from './harness/browser.mjs';
export { axe } from './harness/accessibility.mjs';
export { mailedCode, signIn } from './harness/person.mjs';
export { startPortal } from './harness/portal.mjs';
