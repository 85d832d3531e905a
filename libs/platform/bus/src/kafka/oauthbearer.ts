import { KafkaJSNonRetriableError, type AuthenticationProviderArgs, type Mechanism } from 'kafkajs';
import { withTimeout } from '@voltbus/flow';

/** A token for SASL OAUTHBEARER, and what goes with it (RFC 7628). */
export interface KafkaToken {
  value: string;
  extensions?: Record<string, string>;
}

/**
 * The hook for tokens: AWS MSK IAM, an OAuth server. Asked for each connection, and again before a broker ends the session of one
 * (`connections.max.reauth.ms`), so it keeps a token itself where that costs much. What it throws is tried again.
 */
export type KafkaTokenProvider = () => Promise<KafkaToken>;

/** A provider that asks another server has less than kafkajs gives the authentication (10 s). */
const TOKEN_TIMEOUT_MS = 8_000;
const SEPARATOR = '\u0001';

/** No token could be had. A plain error, because kafkajs never tries again after a TypeError, which is what `fetch` throws. */
export class TokenUnavailable extends Error {
  override name = 'TokenUnavailable';
}

/** As for the other mechanisms, kafkajs does not try again. */
class TokenRefused extends KafkaJSNonRetriableError {
  readonly type = 'SASL_AUTHENTICATION_FAILED';
}

/** OAUTHBEARER of our own: kafkajs's passes over a broker's refusal, and then fails for ever with "No brokers in the broker pool". */
export function oauthbearer(provide: KafkaTokenProvider): Mechanism {
  return {
    mechanism: 'oauthbearer',
    authenticationProvider: ({ saslAuthenticate }) => ({
      authenticate: async () => authenticate(await tokenOf(provide), saslAuthenticate),
    }),
  };
}

async function authenticate(token: KafkaToken, saslAuthenticate: AuthenticationProviderArgs['saslAuthenticate']): Promise<void> {
  const refusal = await saslAuthenticate({
    request: { encode: () => withLength(firstMessage(token)) },
    response: { decode: (answer) => answer.subarray(4), parse: (text: Buffer) => String(text) }, // after its length
  });
  if (refusal) throw new TokenRefused(`SASL OAUTHBEARER: the broker refuses the token: ${refusal}`);
}

/** RFC 7628, section 3.1. */
function firstMessage({ value, extensions = {} }: KafkaToken): string {
  const pairs = Object.entries({ auth: `Bearer ${value}`, ...extensions }).map(([name, text]) => `${name}=${text}${SEPARATOR}`);
  return `n,,${SEPARATOR}${pairs.join('')}${SEPARATOR}`;
}

function withLength(text: string): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(Buffer.byteLength(text));
  return Buffer.concat([length, Buffer.from(text)]);
}

async function tokenOf(provide: KafkaTokenProvider): Promise<KafkaToken> {
  try {
    const token: Partial<KafkaToken> | undefined = await withTimeout(provide(), TOKEN_TIMEOUT_MS); // whatever somebody's module returns
    if (typeof token?.value === 'string' && token.value !== '') return { ...token, value: token.value };
  } catch (error) {
    throw new TokenUnavailable(error instanceof Error ? error.message : String(error), { cause: error });
  }
  throw new TokenUnavailable('the token provider returned no token: it must return { value: string }');
}
