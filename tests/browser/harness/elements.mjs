// What a person hears or feels at an element: its description, and whether the keyboard is there.
import assert from 'node:assert/strict';
import { eventually } from './waiting.mjs';

/** The texts that describe a field, as a screen reader says them after its label. */
export function describedBy(field) {
  return field.evaluate((element) =>
    (element.getAttribute('aria-describedby') ?? '')
      .split(' ')
      .map((id) => document.getElementById(id)?.innerText.trim())
      .filter(Boolean)
      .join(' '),
  );
}

/** Waits until a field is marked as wrong and says why. */
export function assertWrong(field, why) {
  return eventually(async () => {
    assert.equal(await field.getAttribute('aria-invalid'), 'true');
    assert.match(await describedBy(field), why);
  });
}

export function assertFocused(element) {
  return eventually(async () => {
    const active = await element.page().evaluate(() => document.activeElement?.outerHTML.slice(0, 120));
    assert.ok(await element.evaluate((found) => found === document.activeElement), `the focus is on ${active}`);
  });
}

/** Presses Tab until the element has the focus; every stop on the way has to show that it has it. */
export async function tabTo(element, { key = 'Tab', most = 60 } = {}) {
  const page = element.page();
  for (let stop = 0; stop < most; stop += 1) {
    await page.keyboard.press(key);
    assert.equal(await page.evaluate(unmarkedFocus), null, 'the focus can be seen');
    if (await element.evaluate((found) => found === document.activeElement)) return;
  }
  throw new Error(`${most} times ${key} did not lead to ${element}`);
}

/** Runs in the page: the element that has the focus without showing it. */
function unmarkedFocus() {
  const active = document.activeElement;
  if (!active || active === document.body) return null;
  const outlined = (element) => {
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
    return (outlineStyle !== 'none' && parseFloat(outlineWidth) > 0) || boxShadow !== 'none';
  };
  // A hidden radio button is shown by its label.
  const shown = [active, active.closest('label')].some((element) => element && outlined(element));
  return shown ? null : active.outerHTML.slice(0, 200);
}
