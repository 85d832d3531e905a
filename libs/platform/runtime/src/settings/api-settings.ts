import { z } from 'zod';
import { addressRanges, commaSeparated, decimal, isWebOrigin, whole } from './setting-forms';
import { tokenIssuers } from './token-issuers';

/** Whom the HTTP API lets in, and how much of it each may have. */
export const apiSettings = {
  API_HEADER_SECONDS: decimal(0.1, 600).default(10).describe('How long a client of the HTTP API may take to send the headers of a request'),
  API_BODY_SECONDS: decimal(0.1, 3600).default(30).describe('How much longer it may take to send the body'),
  API_KEEP_ALIVE_SECONDS: decimal(1, 600)
    .default(72)
    .describe('How long a socket of the HTTP API stays open between requests: longer than the proxy before it keeps one'),
  API_SOCKETS_PER_ADDRESS: whole(1, 1_000_000)
    .default(1_000)
    .describe('Sockets that one address (of IPv6: its /64) may have open at the HTTP API of one process; those beyond are closed'),
  API_REQUESTS_PER_MINUTE: whole(1, 10_000_000)
    .default(30_000)
    .describe('Requests with one valid API key, or of one subject with access tokens, in a minute, at one process; 429 beyond'),
  API_OPEN_REQUESTS_PER_MINUTE: whole(1, 10_000_000)
    .default(1_200)
    .describe('Requests that need no key (the description of the API, paths that are not there) of one address in a minute; 429 beyond'),
  API_FAILED_KEYS_PER_MINUTE: whole(1, 10_000_000)
    .default(120)
    .describe(
      'Requests without a valid key of one address in a minute: 401, and 429 beyond. A valid key from there is let in all the same',
    ),
  API_TENANT_REQUESTS_PER_MINUTE: whole(1, 10_000_000)
    .default(120_000)
    .describe('Requests with all API keys and access tokens of one tenant in a minute, at one process; 429 beyond'),
  APPROVAL_ABOVE_STATIONS: whole(0, 100_000)
    .optional()
    .describe(
      'Campaigns for more stations than this begin only when a second person has approved them (docs/how-to/approve-campaigns.md); absent: their size demands nothing',
    ),
  APPROVAL_FIRMWARE: z
    .stringbool({ error: 'must be true or false' })
    .default(false)
    .describe('Every campaign that brings a firmware begins only when a second person has approved it, whatever its size'),
  APPROVAL_SECURITY_PROFILE: z
    .stringbool({ error: 'must be true or false' })
    .default(false)
    .describe(
      'Every campaign that raises the security profile of stations begins only when a second person has approved it, whatever its size',
    ),
  APPROVAL_HOURS: whole(1, 720).default(72).describe('Hours after which a campaign is over that nobody has approved'),
  OIDC_ISSUERS: tokenIssuers
    .optional()
    .describe(
      'Identity providers whose access tokens the HTTP API takes, and the roles that these give: JSON (docs/how-to/connect-an-identity-provider.md); absent: only API keys are taken',
    ),
  OIDC_CLIENT_SECRET: z
    .string()
    .min(8, 'must have 8 characters or more')
    .optional()
    .describe('Secret of the client with which people sign in (`signIn` in VOLTBUS_OIDC_ISSUERS); absent: the client is a public one'),
  API_URL: z
    .string()
    .refine(isWebOrigin, 'must be an origin as browsers write it, such as https://csms.example.com, without a path')
    .optional()
    .describe(
      'Origin at which browsers reach the HTTP API: identity providers send people back there. Required where people sign in (docs/how-to/let-people-sign-in.md); https, but for this machine in standalone',
    ),
  SESSION_HOURS: whole(1, 168).default(12).describe('Hours after which a person must sign in again, however much they do'),
  SESSION_IDLE_MINUTES: whole(5, 10_080).default(60).describe('Minutes without a request after which a person must sign in again'),
  API_TRUSTED_PROXIES: addressRanges
    .optional()
    .describe(
      'Proxies before the HTTP API, comma separated addresses or ranges: their X-Forwarded-For gives the client address of a request; absent: no proxy is trusted',
    ),
  CORS_ORIGINS: commaSeparated
    .pipe(
      z.array(
        z.string().refine(isWebOrigin, 'each must be an origin as browsers write it, such as https://app.example.com, without a path'),
      ),
    )
    .optional()
    .describe(
      'Origins whose pages may use the HTTP API from a browser, comma separated, each exact (docs/how-to/use-the-api-from-a-browser.md); absent: none',
    ),
};
