import { boundedBody } from '@voltbus/flow';
import { isSafeUrl, type TokenIssuer } from '@voltbus/runtime';
import type { JSONWebKeySet, JWK } from 'jose';
import { z } from 'zod';

/** How long an issuer may take to answer, with all of its answer. */
const FETCH_MS = 3_000;
/** Bytes of an answer; a set of twenty keys has about 30,000. */
const MAX_BYTES = 262_144;
const MAX_KEYS = 100;
/** Kinds of public keys. A set may hold secret ones (`oct`), which are no use to us and would be to a forger. */
const PUBLIC_KINDS: ReadonlySet<unknown> = new Set(['RSA', 'EC', 'OKP']);

const discoverySchema = z.object({ issuer: z.string(), jwks_uri: z.string().refine(isSafeUrl, 'is no https:// URL') });
const jwksSchema = z.object({ keys: z.array(z.record(z.string(), z.unknown())).max(MAX_KEYS) });

/** Fetches the public keys of one issuer. Rejects where they cannot be had. */
export type JwksSource = () => Promise<JSONWebKeySet>;

/** The keys are where the settings say, or where the issuer's discovery document says (OpenID Connect Discovery 1.0); never where a token says. */
export function jwksSourceOf({ issuer, jwksUrl }: Pick<TokenIssuer, 'issuer' | 'jwksUrl'>): JwksSource {
  return async () => {
    const { keys } = jwksSchema.parse(await fetchJson(jwksUrl ?? (await discover(issuer))));
    return { keys: keys.filter(({ kty }) => PUBLIC_KINDS.has(kty)) as unknown as JWK[] }; // jose reads them member by member
  };
}

async function discover(issuer: string): Promise<string> {
  return (await discoveryOf(issuer, discoverySchema)).jwks_uri;
}

/** What an issuer says of itself (OpenID Connect Discovery 1.0, section 4). Rejects where it does not answer, or is another. */
export async function discoveryOf<T extends { issuer: string }>(issuer: string, schema: z.ZodType<T>): Promise<T> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const found = schema.parse(await fetchJson(url));
  if (found.issuer !== issuer) throw new Error(`${url} is of another issuer: ${found.issuer.slice(0, 200)}`);
  return found;
}

async function fetchJson(url: string): Promise<unknown> {
  const response = await fetch(url, { redirect: 'error', headers: { accept: 'application/json' }, signal: AbortSignal.timeout(FETCH_MS) });
  if (response.status !== 200) {
    await response.body?.cancel();
    throw new Error(`${url} answered ${response.status}`);
  }
  return JSON.parse((await boundedBody(response, MAX_BYTES)).toString('utf8'));
}
