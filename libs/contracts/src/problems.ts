interface ProblemKind {
  /** The HTTP status of its answer. */
  status: number;
  title: string;
  /** When it is answered. */
  meaning: string;
  /** What the caller does about it. */
  remedy: string;
}

/**
 * Every problem of the HTTP API (RFC 9457), by its stable code, in the order of the statuses: the only list of them. The API answers `/problems/<code>` from
 * it, and `npm run docs:problems` writes docs/reference/problems.md. Markdown of one line; a code stands in backticks.
 */
export const PROBLEMS = {
  'bad-request': {
    status: 400,
    title: 'The request cannot be read',
    meaning:
      'A parameter is unknown, given twice where it is no list, or has a wrong value, a header has a wrong form, or the body is no JSON. Where parts of the request are wrong, `errors` names each one.',
    remedy: 'Correct the request. The same request is refused again.',
  },
  'invalid-cursor': {
    status: 400,
    title: 'The cursor is of another list, or of none',
    meaning: 'The cursor was not given out for this list with these filters, or by an older version of the API.',
    remedy: 'Read the list again from its beginning, without `cursor`.',
  },
  'sign-in-failed': {
    status: 400,
    title: 'The sign-in cannot be completed',
    meaning:
      'What the identity provider sent the browser back with is not the end of a sign-in that this browser began within ten minutes, or the provider does not take its code, or the ID token is not valid: `detail` says which.',
    remedy: 'Begin again: `GET /v1/auth/login`. Where it fails each time, compare the client at the provider with the settings.',
  },
  unauthorized: {
    status: 401,
    title: 'No valid API key',
    meaning: 'The request has no API key, or one that is unknown, revoked or expired, or the session of its cookie has ended.',
    remedy: 'Send a valid key: `Authorization: Bearer <key>`. In a browser, sign in again: `GET /v1/auth/login`.',
  },
  'invalid-access-token': {
    status: 401,
    title: 'The access token is not valid',
    meaning:
      'The bearer credential has the form of an access token (JWT), and is none that this API takes: `detail` says what is wrong, such as its issuer, its audience, its end or its signature.',
    remedy:
      'Fetch a new token from the identity provider, for the audience of this API. Its issuer and the rules are in the settings (`VOLTBUS_OIDC_ISSUERS`).',
  },
  'no-access': {
    status: 403,
    title: 'The access token gives no access',
    meaning:
      'The access token is valid, or the person has signed in, and no rule of the settings gives their claims a role in the tenant (any more).',
    remedy: 'Give its subject the group, role or scope that a rule asks for, or add a rule (`VOLTBUS_OIDC_ISSUERS`).',
  },
  forbidden: {
    status: 403,
    title: 'The API key does not allow that',
    meaning: 'The caller lacks a permission, which `permission` names, or only the administrator may do that.',
    remedy: 'Use a key whose role has that permission. The page of permissions has that of each operation, and the roles that have it.',
  },
  'cross-site-request': {
    status: 403,
    title: 'The request comes from another site',
    meaning:
      'The request changes something and comes with the cookie of a session, and its headers `Sec-Fetch-Site` or `Origin` do not show that a page of this site sent it.',
    remedy:
      'Send it from a page of this site; programs use an API key or an access token. Behind a proxy, `VOLTBUS_API_URL` must be the origin that browsers see.',
  },
  'address-not-allowed': {
    status: 403,
    title: 'The API key may not be used from this address',
    meaning: 'The key has `allowedAddresses`, and the address of the caller is in none of them.',
    remedy:
      'Call from one of those addresses, or use a key that may be used here. Behind a proxy, the API must be told of it (`VOLTBUS_API_TRUSTED_PROXIES`), else every caller has the address of the proxy.',
  },
  'same-person': {
    status: 403,
    title: 'Another person must decide that',
    meaning:
      'A second person must approve or refuse it: not the one who made it, nor a key that made their key, or that theirs made. A key stays the same when its secret is rotated.',
    remedy: 'Let somebody decide it with a key of their own. Whoever made it can cancel it.',
  },
  'limited-to-station-groups': {
    status: 403,
    title: 'The API key is limited to station groups',
    meaning: 'The operation concerns the whole tenant, or the station groups of the caller have more stations than such a caller may have.',
    remedy: 'Use a key of the whole tenant. The page of permissions says which operations take a key that is limited to station groups.',
  },
  'foreign-tenant': {
    status: 403,
    title: 'The API key is of another tenant',
    meaning:
      'The header `Voltbus-Tenant` names another tenant than that of the key, or none of those in which the access token gives a role.',
    remedy: 'Leave the header out, or use a key of that tenant.',
  },
  'not-found': {
    status: 404,
    title: 'There is no such thing',
    meaning: 'The path, or the resource that it names, does not exist in the tenant.',
    remedy: 'Check the path, the name or id, and the tenant.',
  },
  'unknown-tenant': {
    status: 404,
    title: 'There is no such tenant',
    meaning: "The administrator's request names a tenant that does not exist in `Voltbus-Tenant`, or names none and there is no `default`.",
    remedy: 'Check the name. `PUT /v1/tenants/{tenant}` makes a tenant.',
  },
  'unknown-station': {
    status: 404,
    title: 'There is no such station',
    meaning: 'The path is below a station that is not registered in the tenant.',
    remedy: 'Check the name and the tenant. `PUT /v1/stations/{station}` registers a station.',
  },
  'method-not-allowed': {
    status: 405,
    title: 'The path does not take that method',
    meaning: 'The path exists, but not for this method.',
    remedy: 'Use one of the methods that the header `Allow` lists.',
  },
  'request-timeout': {
    status: 408,
    title: 'The request did not come in time',
    meaning: 'The headers or the body did not arrive in time. The socket is closed.',
    remedy: 'Send the request again, at once and whole.',
  },
  conflict: {
    status: 409,
    title: 'That conflicts with what is there',
    meaning: 'The resource is in a state in which that cannot be done; `detail` says which.',
    remedy: 'Read the resource, and decide again.',
  },
  'in-use': {
    status: 409,
    title: 'It is still used',
    meaning: 'Something else refers to what is to be removed or changed: `usedBy` names its users, at most ten.',
    remedy: 'Change or remove the users first.',
  },
  'secret-in-command': {
    status: 409,
    title: 'The command carries a secret of the station',
    meaning: "The payload would set the station's own password or key, which would then stand in storage and logs.",
    remedy: 'Give the station a new password by a rotation, and set other secrets in their own way.',
  },
  'too-late': {
    status: 409,
    title: 'It is too late for that',
    meaning: 'The command has ended, or may already have been sent to the station.',
    remedy: 'Read the command, and react to its end.',
  },
  'idempotency-key-in-use': {
    status: 409,
    title: 'The first request with that key is being worked on',
    meaning: 'Another request with this `Idempotency-Key` has not been answered yet.',
    remedy: 'Send the same request again after as many seconds as `Retry-After` says: it is then given the answer of the first.',
  },
  'idempotency-key-reused': {
    status: 409,
    title: 'That key was used for another request',
    meaning: 'A request with this `Idempotency-Key` was carried out before, on another route or with another body. Nothing was done now.',
    remedy: 'Send each new request under a key of its own, such as a UUID, and repeat a request exactly as it was.',
  },
  'answer-not-kept': {
    status: 409,
    title: 'The answer to the first request was not kept',
    meaning:
      'A request with this `Idempotency-Key` was begun before, and its answer cannot be given again: the process died before it was stored, or it was larger than 64 KiB. `detail` says which. Nothing was done now.',
    remedy: 'Read the resource, or the audit log, to see whether it was carried out. If it was not, send it under a new key.',
  },
  'precondition-failed': {
    status: 412,
    title: 'The precondition does not hold',
    meaning:
      'The resource is not at an entity tag of `If-Match`, or exists although `If-None-Match: *` says not. `etag` is its tag; null: there is no such resource.',
    remedy: 'Read the resource again, and decide again.',
  },
  'payload-too-large': {
    status: 413,
    title: 'The body is too large',
    meaning: 'The body is larger than 1 MiB.',
    remedy: 'Send less at once.',
  },
  'unsupported-media-type': {
    status: 415,
    title: 'The body is not of a kind that is read here',
    meaning: 'The body is of a content type that the route does not take, not in UTF-8, or has a `Content-Encoding`.',
    remedy: 'Send JSON in UTF-8 as `application/json`, uncompressed.',
  },
  invalid: {
    status: 422,
    title: 'The request is not valid',
    meaning: 'The body or a parameter of the path breaks a rule. `errors` names each place, and the values that are allowed there.',
    remedy: 'Correct each place. The same request is refused again.',
  },
  'unknown-reference': {
    status: 422,
    title: 'The request names something that is not there',
    meaning: 'A member of the body names a resource that does not exist in the tenant, such as a tariff. `errors` names the member.',
    remedy: 'Make that resource first, or name another.',
  },
  'wrong-one-time-code': {
    status: 422,
    title: 'The one-time code is wrong',
    meaning: 'The QR code that was scanned is no longer the one that the station shows.',
    remedy: 'Let the driver scan again.',
  },
  'too-many-requests': {
    status: 429,
    title: 'Too many requests',
    meaning: 'A quota of requests or of open streams is used up. `RateLimit-Policy` and `RateLimit` describe it.',
    remedy: 'Wait as many seconds as `Retry-After` says, or close streams.',
  },
  'too-many-commands': {
    status: 429,
    title: 'Too many commands',
    meaning: 'The station or the tenant has as many commands as it may have.',
    remedy: 'Wait until some have ended.',
  },
  internal: {
    status: 500,
    title: 'An internal error',
    meaning: 'A defect of Voltbus. It is in the log, under the `requestId` of the answer.',
    remedy: 'Report it, with `requestId`. Whether the request was carried out is unknown.',
  },
  'issuer-unavailable': {
    status: 503,
    title: 'The identity provider cannot be reached',
    meaning:
      'The access token cannot be verified, because the public keys of its issuer were never fetched or are too old, and cannot be had now; or nobody can sign in, because the provider does not answer.',
    remedy: 'Try again after `Retry-After`. API keys work meanwhile.',
  },
  unavailable: {
    status: 503,
    title: 'Temporarily unavailable',
    meaning: 'A part of the system, such as the database or the bus, is away. Nothing was changed that was not answered.',
    remedy: 'Send the request again after as many seconds as `Retry-After` says.',
  },
} as const satisfies Readonly<Record<string, ProblemKind>>;

export type ProblemCode = keyof typeof PROBLEMS;

/** The codes that a `CsmsError` has. `internal` is no error that is thrown: anything unexpected is answered so. */
export type CsmsErrorCode = Exclude<ProblemCode, 'internal'>;
