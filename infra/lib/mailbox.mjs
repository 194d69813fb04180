// Reads the sandbox's mailbox: `GET /mail/messages`, newest first.

/** All messages, or those for one recipient: `{ id, to, subject, text, received_at }`. */
export async function messages(sandboxUrl, recipient) {
  const url = new URL('/mail/messages', sandboxUrl);
  if (recipient) url.searchParams.set('to', recipient);
  const response = await fetch(url, { signal: AbortSignal.timeout(5000) });
  if (!response.ok) throw new Error(`the mailbox answered ${response.status}`);
  return response.json();
}

/** The six-digit code of a message, if it has one. */
export function codeIn(message) {
  return message.text.match(/(?<!\d)\d{6}(?!\d)/)?.[0];
}
