// Second factors as a person has them: an authenticator app, and a device that keeps passkeys.
import { createHmac } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const STEP_SECONDS = 30;

/** The code that an authenticator app shows for a base32 key (RFC 6238), `ahead` steps from now. */
export function appCode(key, ahead = 0) {
  const bits = [...key.replaceAll(/[^A-Z2-7]/g, '')].map((letter) => ALPHABET.indexOf(letter).toString(2).padStart(5, '0'));
  const bytes = bits.join('').match(/.{8}/g).map((byte) => parseInt(byte, 2));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 1000 / STEP_SECONDS) + ahead));
  const hash = createHmac('sha1', Buffer.from(bytes)).update(counter).digest();
  const offset = hash[hash.length - 1] & 15;
  return String((hash.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

/** Codes are told apart by their step: waits where a step is about to end, so that the next few seconds lie in one. */
export async function withinOneStep(seconds = 8) {
  const left = STEP_SECONDS * 1000 - (Date.now() % (STEP_SECONDS * 1000));
  if (left < seconds * 1000) await delay(left);
}

/** A device that keeps passkeys and checks who holds it, without asking anybody. Belongs to one page's profile. */
export async function passkeyDevice(page) {
  const session = await page.context().newCDPSession(page);
  await session.send('WebAuthn.enable');
  const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  const credentials = async () => {
    return (await session.send('WebAuthn.getCredentials', { authenticatorId })).credentials;
  };
  const verify = (isUserVerified) => {
    return session.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified });
  };
  return { credentials, verify };
}
