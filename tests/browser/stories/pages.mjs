// The portal's pages, as the tests that go through all of them name them: name, address, what shows that everything is there.

export const heading = (page, name) => page.getByRole('heading', { level: 1, name });
export const main = (page, text) => page.getByRole('main').getByText(text).first();

/** For everybody. */
export const OUTSIDE = [
  ['login', '/auth/login', (page) => heading(page, 'Sign in')],
  ['signup', '/auth/signup', (page) => heading(page, 'Create your account')],
  ['link', '/auth/link', (page) => heading(page, 'Bring your billing login')],
  ['link-declined', '/auth/link?problem=declined', (page) => main(page, 'did not confirm your login')],
  ['forgot', '/auth/forgot', (page) => heading(page, 'Forgot your password?')],
  ['reset', '/auth/reset#019a0000-0000-7000-8000-000000000000.123456', (page) => page.getByLabel('New password', { exact: true })],
  ['reset-incomplete', '/auth/reset', (page) => main(page, 'This link is not complete')],
  ['not-found', '/nowhere', (page) => heading(page, 'Page not found')],
];
/** For Ada. */
export const INSIDE = [
  ['dashboard', '/', (page) => page.getByRole('region', { name: 'Recent invoices' }).getByText('INV-00007').first()],
  ['invoices', '/billing/invoices', (page) => main(page, 'INV-00007')],
  ['invoices-empty', '/billing/invoices?status=cancelled&page=9', (page) => main(page, 'There is nothing on this page')],
  ['invoice', '/billing/invoices/7', (page) => page.getByRole('button', { name: /pay now/i })],
  ['invoice-partly-paid', '/billing/invoices/8', (page) => page.getByRole('button', { name: /pay now/i })],
  ['invoice-refunded', '/billing/invoices/3', (page) => main(page, 'Refunded')],
  ['profile', '/account/profile', (page) => main(page, 'Lovelace & Daughters')],
  ['security', '/account/security', (page) => page.getByRole('region', { name: 'Signed-in browsers' }).getByText('This browser')],
  ['activity', '/account/activity', (page) => main(page, 'Signed in')],
  ['not-found-inside', '/nowhere', (page) => heading(page, 'Page not found')],
];
