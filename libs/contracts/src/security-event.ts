import { z } from 'zod';

const securitySeveritySchema = z
  .enum(['critical', 'warning', 'info'])
  .describe(
    '`critical`: an attack, or a station that cannot be trusted any more; `warning`: may become one; `info`: the record of a change',
  );
export type SecuritySeverity = z.output<typeof securitySeveritySchema>;

/** `csms.security-events.v1`, and as the API shows it. */
export const securityEventSchema = z
  .object({
    id: z.uuid().describe('The same however often the event is delivered'),
    tenant: z.string(),
    station: z.string(),
    source: z.enum(['station', 'csms']).describe('Who noticed it: the station, which reported it, or the CSMS'),
    type: z
      .string()
      .describe(
        'Of a report: as OCPP names it (`TamperDetectionActivated` ...), or as the vendor does. Of the CSMS: the reason of a refused connection (`wrong-credentials`, `needs-tls`, `certificate-expired` ...), or `identity-conflict`',
      ),
    severity: securitySeveritySchema,
    at: z.iso.datetime().describe('When it was received, or first seen within its hour'),
    stationTime: z.iso
      .datetime()
      .nullable()
      .describe('When it happened by the clock of the station; null: not told, or not to be believed'),
    info: z.string().nullable().describe('Explanation of the station, at most 255 characters'),
    remoteAddress: z.string().nullable().describe('IP address that it came from; null for a report'),
  })
  .meta({ id: 'SecurityEvent', description: 'Something that endangers the security of a station' });
export type SecurityEvent = z.output<typeof securityEventSchema>;
