// Waiting for what is to come: a condition is tried until it holds, and its last failure is the reason when it never does.
import { setTimeout as delay } from 'node:timers/promises';

/** Runs `check` until it does not throw, and gives its result. */
export async function eventually(check, { seconds = 15 } = {}) {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() >= deadline) throw error;
    }
    await delay(50);
  }
}
