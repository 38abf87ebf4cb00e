// Tokens as an application's backend would sign them.
import { createHmac } from 'node:crypto';

export const secret = 'test-secret';

/** A JWT signed with HMAC-SHA256. */
export function token(claims, key = secret) {
  const body = `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}`;
  return `${body}.${createHmac('sha256', key).update(body).digest('base64url')}`;
}

/** A time for `exp` and its like: so many seconds from now. */
export function inSeconds(n) {
  return Math.floor(Date.now() / 1000) + n;
}

function part(value) {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
