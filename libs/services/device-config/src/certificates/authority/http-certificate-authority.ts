import { asText } from '@voltbus/contracts';
import { boundedBody } from '@voltbus/flow';
import { requestPem } from '@voltbus/pki';
import { z } from 'zod';
import { NotIssued, type CertificateAuthority, type CertificateOrder } from './certificate-authority';

/** An authority may ask a module or a person's other service; what takes longer is answered 202 and asked about again. */
const TIMEOUT_MS = 15_000;
const MAX_ANSWER_BYTES = 65_536;
const MAX_DETAIL_CHARACTERS = 200;

/** docs/reference/certificate-authority-port.md. What it does not name is ignored. */
const answerSchema = z.object({ certificateChain: z.string() });
const problemSchema = z.object({ detail: z.string() });
/** The order will never be carried out. Of every other status, a repeat may help. */
const REFUSALS: ReadonlySet<number> = new Set([400, 403, 409, 422]);

interface HttpCertificateAuthorityParts {
  url: string;
  /** Sent as a bearer token; empty: none. */
  secret: string;
  days: number;
}

/** Orders by `POST`: one request per attempt, no redirects, nothing taken on trust. */
export class HttpCertificateAuthority implements CertificateAuthority {
  constructor(
    private readonly parts: HttpCertificateAuthorityParts,
    /** Not for good, so that specs on a slow machine can wait longer. */
    public timeoutMs = TIMEOUT_MS,
  ) {}

  issues(): boolean {
    return true;
  }

  async issue({ id, ref, kind, csr, organization }: CertificateOrder): Promise<string> {
    const { url, secret, days } = this.parts;
    const { tenant, station } = ref;
    const answer = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'idempotency-key': id,
        ...(secret === '' ? {} : { authorization: `Bearer ${secret}` }),
      },
      body: JSON.stringify({ id, tenant, station, kind, csr: requestPem(csr), commonName: station, organization, days }),
      redirect: 'error',
      signal: AbortSignal.timeout(this.timeoutMs), // for all of it, the body too
    });
    const body = (await boundedBody(answer, MAX_ANSWER_BYTES)).toString('utf8');
    if (REFUSALS.has(answer.status)) throw new NotIssued(`the authority answered ${answer.status}${detailOf(body)}`);
    if (answer.status !== 200 && answer.status !== 201) throw new Error(`the authority answered ${answer.status}`);
    return answerSchema.parse(JSON.parse(body)).certificateChain;
  }
}

/** RFC 9457, where the body is one. */
function detailOf(body: string): string {
  try {
    return `: ${asText(problemSchema.parse(JSON.parse(body)).detail.slice(0, MAX_DETAIL_CHARACTERS))}`;
  } catch {
    return '';
  }
}
