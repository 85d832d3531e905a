import { boundedBody } from '@voltbus/flow';
import { z } from 'zod';
import type { ContractPool, ContractRequest, ContractResponse } from './contract-pool';

/** A car waits for the whole of it, and its station four seconds; the lane and our own answer want their share. */
const TIMEOUT_MS = 3_000;
/** Several contracts of ISO 15118-20, each with its chain. */
const MAX_ANSWER_BYTES = 524_288;
/** Contracts in one answer that are looked at. */
const MAX_CONTRACTS = 64;

const REQUEST_OF = { Install: 'certificateInstallationReq', Update: 'certificateUpdateReq' } as const;
const RESPONSE_OF = { Install: 'certificateInstallationRes', Update: 'certificateUpdateRes' } as const;

/** docs/reference/contract-pool-port.md. What it does not name is ignored. */
const messageSchema = z.object({
  certificateInstallationRes: z.string().optional(),
  certificateUpdateRes: z.string().optional(),
  emaid: z.string().max(255).optional(),
});
const answerSchema = z.object({
  CCPResponse: z.object({ emaidContent: z.array(z.object({ messageDef: messageSchema })) }),
});

/** Asks by `POST`, in the form of Hubject's contract certificate pool: one request for each of a station, no redirects. */
export class HttpContractPool implements ContractPool {
  constructor(
    private readonly options: { url: string; /** Sent as a bearer token; empty: none. */ secret: string },
    /** Not for good, so that specs on a slow machine can wait longer. */
    public timeoutMs = TIMEOUT_MS,
  ) {}

  async contractsFor(request: ContractRequest): Promise<ContractResponse[]> {
    const { url, secret } = this.options;
    const { action, schemaVersion, exiRequest, prioritizedEmaids } = request;
    const prioritized = prioritizedEmaids.length === 0 ? {} : { prioritizedEMAIDs: prioritizedEmaids };
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(secret === '' ? {} : { authorization: `Bearer ${secret}` }) },
      body: JSON.stringify({ [REQUEST_OF[action]]: exiRequest, xsdMsgDefNamespace: schemaVersion, ...prioritized }),
      redirect: 'error',
      signal: AbortSignal.timeout(this.timeoutMs), // for all of it, the body too
    });
    const body = (await boundedBody(answer, MAX_ANSWER_BYTES)).toString('utf8');
    if (answer.status === 404) return [];
    if (answer.status !== 200) throw new Error(`answered ${answer.status}`);
    const { emaidContent } = answerSchema.parse(JSON.parse(body)).CCPResponse;
    return emaidContent.slice(0, MAX_CONTRACTS).flatMap(({ messageDef }) => {
      const exiResponse = messageDef[RESPONSE_OF[action]];
      return exiResponse === undefined ? [] : [{ emaid: messageDef.emaid ?? null, exiResponse }];
    });
  }
}
