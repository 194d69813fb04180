// What the stories use. One file to import from; each part has its own.
export { DESKTOP, PHONE, SCHEMES, launch, screenshot, visit } from './harness/browser.mjs';
export { assertSound, axe } from './harness/accessibility.mjs';
export { assertFocused, assertWrong, describedBy, tabTo } from './harness/elements.mjs';
export { appCode, passkeyDevice, withinOneStep } from './harness/factors.mjs';
export { booksOf, money } from './harness/ledger.mjs';
export * from './harness/person.mjs';
export { startPortal } from './harness/portal.mjs';
export { useStage } from './harness/stage.mjs';
export { eventually } from './harness/waiting.mjs';
