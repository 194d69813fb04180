// What almost every story begins with: a portal of its own and a browser, both gone afterwards.
import { after, before } from 'node:test';
import { launch, visit } from './browser.mjs';
import { startPortal } from './portal.mjs';

/**
 * Call it once, at the top of a test file. `visit` is the harness's own, with the browser and the portal's address filled in.
 * `prepare`: what the sandbox's books need besides the demo people.
 */
export function useStage({ settings, prepare = async () => {} } = {}) {
  const stage = {
    portal: undefined,
    browser: undefined,
    visit: (settings, story) => visit(stage.browser, { baseURL: stage.portal.url, ...settings }, story),
  };
  before(async () => {
    stage.portal = await startPortal({ settings });
    await prepare(stage.portal);
    stage.browser = await launch();
  });
  after(async () => {
    await stage.browser?.close();
    await stage.portal?.stop();
  });
  return stage;
}
