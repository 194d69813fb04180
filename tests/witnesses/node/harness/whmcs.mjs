// The `whmcs` package, pointed at a sandbox. It wants callbacks; here its calls give promises, else it is as it comes.
import { promisify } from 'node:util';
import Whmcs from 'whmcs';

/** `settings` as the package takes them. It sends the API credential in the older fields `username` and `password`. */
export function whmcs(sandbox, settings = {}) {
  const client = new Whmcs({
    serverUrl: `${sandbox.url}/whmcs/includes/api.php`,
    username: 'sandbox-identifier',
    password: 'sandbox-secret',
    ...settings,
  });
  const { billing, customers, products } = client;
  return { billing: promises(billing), customers: promises(customers), products: promises(products) };
}

function promises(module) {
  return new Proxy(module, { get: (target, name) => promisify(target[name]).bind(target) });
}
