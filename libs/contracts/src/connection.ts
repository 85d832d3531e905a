import { z } from 'zod';
import { PROTOCOLS } from './station-state';

const clientCertificateSchema = z
  .object({
    fingerprint: z.string().describe('SHA-256 of the certificate, in lower-case hexadecimal'),
    serial: z.string().describe('Its serial number, in lower-case hexadecimal'),
    issuer: z.string().describe('Name (DN) of the CA that issued it'),
    notBefore: z.iso.datetime().describe('Valid from then on'),
    notAfter: z.iso.datetime().describe('Valid until then'),
  })
  .meta({ id: 'ClientCertificate', description: 'A client certificate by which a station has proved itself' });
export type ClientCertificate = z.output<typeof clientCertificateSchema>;

const serverIssuerSchema = z
  .object({
    nameHash: z.string().describe('SHA-256 of its name (DN, in DER), in lower-case hexadecimal'),
    keyId: z.string().nullable().describe('The name of its key (RFC 5280 section 4.2.1.2), in lower-case hexadecimal; null: not told'),
  })
  .meta({ id: 'ServerIssuer', description: 'A CA that has issued the certificate of the server, or one of its chain' });

/** `csms.connections.v1`. */
export const connectionEventSchema = z.object({
  tenant: z.string(),
  station: z.string(),
  protocol: z.enum(PROTOCOLS),
  gateway: z.string().describe('Gateway instance'),
  epoch: z.int().describe('Grows with each connection of a station: a disconnection speaks of the connection of its own epoch'),
  at: z.iso.datetime(),
  reason: z.string().describe('Why it ended; `connected` for a beginning'),
  remoteAddress: z.string().optional().describe('Who opened it; behind a load balancer, the balancer'),
  securityProfile: z.int().min(0).max(3).optional().describe('Security profile of OCPP that the station used, by what it proved'),
  passwordRotation: z.string().optional().describe('Of a beginning: the station proved itself by the new password of this rotation'),
  certificate: clientCertificateSchema
    .optional()
    .describe('Of a beginning: the client certificate that proved the station; absent where a proxy tells no more of it than its name'),
  serverIssuers: z
    .array(serverIssuerSchema)
    .max(5)
    .optional()
    .describe(
      'Of a beginning over TLS that ended in the gateway: the CAs by which the station may have believed the certificate of the server',
    ),
  tookOver: z.boolean().optional().describe('Of a beginning: it took the place of another connection of the same station'),
});
export type ConnectionEvent = z.output<typeof connectionEventSchema>;

/** `csms.connections.v1`, `voltbus.station.refused`: who was not let in. A gateway tells so many of one address and no more. */
export const connectionRefusalSchema = z.object({
  tenant: z
    .string()
    .nullable()
    .describe('Tenant and station are null when the URL names no station. The tenant need not exist: anybody may use any name'),
  station: z.string().nullable(),
  remoteAddress: z.string(),
  reason: z.string().describe('A stable code: `wrong-credentials`, `unknown-station` ...'),
  at: z.iso.datetime(),
});
export type ConnectionRefusal = z.output<typeof connectionRefusalSchema>;

/**
 * `csms.connections.v1`, `voltbus.station.protocol-mismatch`: published once per connection, and only for authenticated
 * stations.
 */
export const protocolMismatchSchema = z.object({
  tenant: z.string(),
  station: z.string(),
  protocol: z.enum(PROTOCOLS).describe('What was agreed on at the upgrade'),
  spoken: z.enum(PROTOCOLS).describe('What it spoke instead'),
  action: z.string().describe('The message that showed it'),
  gateway: z.string().describe('Gateway instance'),
  epoch: z.int().describe('Of the connection'),
  at: z.iso.datetime(),
});
export type ProtocolMismatch = z.output<typeof protocolMismatchSchema>;
