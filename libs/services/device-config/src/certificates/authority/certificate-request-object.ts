import { createHash } from 'node:crypto';
import { requestPem } from '@voltbus/pki';
import { z } from 'zod';
import type { CertificateOrder } from './certificate-authority';

/** `issuerRef` of cert-manager. */
export interface IssuerRef {
  name: string;
  kind: string;
  group: string;
}

const MAX_CONDITIONS = 100;
const condition = z.object({ type: z.string(), status: z.string(), reason: z.string().optional(), message: z.string().optional() });
/** What is read of a `CertificateRequest` of cert-manager. */
export const certificateRequestSchema = z.object({
  spec: z.object({ request: z.string(), issuerRef: z.object({ name: z.string(), kind: z.string(), group: z.string() }) }),
  status: z.object({ conditions: z.array(condition).max(MAX_CONDITIONS).optional(), certificate: z.string().optional() }).optional(),
});
export type CertificateRequestObject = z.output<typeof certificateRequestSchema>;

/** The same at each attempt of an order, so that a repeat finds what the attempt before it has made. */
export function objectName(order: CertificateOrder): string {
  return `voltbus-${order.id}`;
}

/** The certificate is for the key and the subject of the request: cert-manager takes both from there, and what it answers is checked. */
export function certificateRequestObject(order: CertificateOrder, issuerRef: IssuerRef, days: number): object {
  const { tenant, station } = order.ref;
  return {
    ...{ apiVersion: 'cert-manager.io/v1', kind: 'CertificateRequest' },
    metadata: {
      name: objectName(order),
      labels: {
        'app.kubernetes.io/managed-by': 'voltbus',
        'voltbus.io/tenant': labelValue(tenant),
        'voltbus.io/station': labelValue(station),
      },
      annotations: { 'voltbus.io/tenant': tenant, 'voltbus.io/station': station },
    },
    spec: {
      ...{ issuerRef, duration: `${days * 24}h0m0s`, isCA: false, usages: ['digital signature', 'client auth'] },
      request: encodedRequest(order),
    },
  };
}

/** Base64 of the PEM, as `spec.request` has it. */
export function encodedRequest({ csr }: CertificateOrder): string {
  return Buffer.from(requestPem(csr)).toString('base64');
}

/** Identifiers of stations may have characters, and a length, that no label has: then it is their hash. */
function labelValue(text: string): string {
  if (/^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/.test(text)) return text;
  return `sha256-${createHash('sha256').update(text).digest('hex').slice(0, 32)}`;
}
