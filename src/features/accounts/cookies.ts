/**
 * Names of cookies. `__Host-`: set by this very host over TLS or on loopback, for all paths, and
 * seen by no script, for they are HttpOnly.
 */
export const SESSION_COOKIE = "__Host-charla-session";
/** Of better-auth's other cookies: the sign-in that waits for a code, the state of OpenID Connect. */
export const COOKIE_PREFIX = "__Host-charla";
export const CODE_COOKIE = `${COOKIE_PREFIX}.two_factor`;
export const STATE_COOKIE = `${COOKIE_PREFIX}.state`;
export const CHALLENGE_COOKIE = `${COOKIE_PREFIX}-challenge`;
