// A tiny static server with pages that are right and pages that are wrong on purpose.
import { once } from 'node:events';
import { createServer } from 'node:http';

const CSP = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'";

const page = (body, head = '') =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Self-test</title><link rel="icon" href="/icon.svg">
   <meta name="viewport" content="width=device-width">${head}</head><body><main>${body}</main></body></html>`;

const FILES = {
  '/auth/login': page('<h1>Sign in</h1><p>Nothing is wrong here.</p>', '<script src="/right.js"></script>'),
  '/csp/inline-style': page('<h1 style="color: red">Inline style</h1>'),
  '/csp/inline-script': page('<h1>Inline script</h1><script>document.title = "ran"</script>'),
  '/csp/foreign': page('<h1>Foreign image</h1><img alt="" src="https://images.invalid/one.png">'),
  '/axe/image': page('<h1>Image without text</h1><img src="/icon.svg">'),
  '/axe/contrast': page('<h1>Contrast</h1><p class="pale">Hardly readable</p>', '<link rel="stylesheet" href="/pale.css">'),
  '/axe/dark-only': page('<h1>Dark</h1><p class="dark-pale">Readable in light only</p>', '<link rel="stylesheet" href="/pale.css">'),
  '/error/console': page('<h1>Console</h1>', '<script src="/complains.js" defer></script>'),
  '/error/uncaught': page('<h1>Uncaught</h1>', '<script src="/throws.js" defer></script>'),
  '/error/rejected': page('<h1>Rejected</h1>', '<script src="/rejects.js" defer></script>'),
  '/error/missing': page('<h1>Missing</h1>', '<script src="/absent.js" defer></script>'),
  '/right.js': 'document.documentElement.dataset.ready = "yes";',
  '/complains.js': 'console.error("something is off");',
  '/throws.js': 'throw new Error("thrown on purpose");',
  '/rejects.js': 'Promise.reject(new Error("rejected on purpose"));',
  '/pale.css': `:root { color-scheme: light dark; } .pale { color: #ccc; background: #fff; }
    .dark-pale { color: #222; background: #fff; }
    @media (prefers-color-scheme: dark) { .dark-pale { color: #333; background: #111; } }`,
  '/icon.svg': '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><rect width="8" height="8"/></svg>',
};

const TYPES = { js: 'text/javascript', css: 'text/css', svg: 'image/svg+xml' };

export async function servePages() {
  const server = createServer((request, response) => {
    const body = FILES[request.url];
    const type = TYPES[request.url.split('.').at(-1)] ?? 'text/html; charset=utf-8';
    response.writeHead(body === undefined ? 404 : 200, { 'content-type': type, 'content-security-policy': CSP });
    response.end(body ?? 'not found');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    stop: () => new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    }),
  };
}
