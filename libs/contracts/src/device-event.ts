import { z } from 'zod';

const place = {
  tenant: z.string().describe('Of which tenant'),
  station: z.string().describe('Of which station'),
  evse: z.int().describe('0: the station itself'),
  connector: z.int().describe('0: the EVSE or the station itself. In 1.6 each connector is an EVSE with connector 1'),
  component: z.string().describe('Component of 2.x; of a status of 1.6 `Connector`'),
  componentInstance: z.string().nullable().describe('Instance of the component; null: it has none'),
  variable: z.string().describe('Variable of 2.x; of a status of 1.6 `Problem`'),
  variableInstance: z.string().nullable().describe('Instance of the variable; null: it has none'),
};

const severity = z
  .int()
  .nullable()
  .describe('Of OCPP: 0 (danger) to 9 (debug), of the station or of the table of known codes; null: not known');

const fault = {
  code: z.string().nullable().describe('techCode of 2.x, the vendor code of 1.6, or the error code of 1.6; null: none'),
  meaning: z.string().nullable().describe('What a known code means; null: it is not known'),
  info: z.string().nullable().describe('Explanation of the station'),
};

/** `csms.device-events.v1`, and as the API shows it. */
export const deviceEventSchema = z
  .object({
    id: z.uuid().describe('The same however often the event is delivered'),
    ...place,
    eventId: z.int().nullable().describe('Of the station, which may begin anew; null: an error code of 1.6'),
    cause: z.int().nullable().describe('`eventId` of the event that led to it; null: none, or itself'),
    trigger: z.string().describe('`Alerting`, `Delta` or `Periodic`'),
    notificationType: z.string().describe('Kind of monitor that made it (EventNotificationEnumType); of 1.6 `HardWiredNotification`'),
    monitor: z.int().nullable().describe('Id of the monitor; null: it is built in'),
    severity,
    value: z.string().nullable().describe('Value of the variable; null: none, or a secret'),
    cleared: z.boolean().describe('Whether what an earlier event told of is over'),
    ...fault,
    ocppTransactionId: z.string().nullable().describe('Transaction of 2.x that it belongs to'),
    at: z.iso.datetime().describe('When it was received'),
    stationTime: z.iso.datetime().nullable().describe('By the clock of the station; null: not told, or not to be believed'),
  })
  .meta({ id: 'DeviceEvent', description: 'Something that a station told of one of its variables, or an error code of 1.6' });
export type DeviceEvent = z.output<typeof deviceEventSchema>;

/** What raised an alert: an event of a component, or a rule of the operator. */
export const ALERT_KINDS = ['component', 'offline', 'fault', 'monitor', 'no-session'] as const;

/** An alert: raised by an event of a component, or by a rule, and cleared when that is over. */
export const alertSchema = z
  .object({
    id: z.uuid().describe('Its id'),
    kind: z.enum(ALERT_KINDS).describe('`component`: a station told of it. The others are kinds of rules of the operator'),
    rule: z.string().nullable().describe('Name of the rule; null: a station told of it'),
    ...place,
    component: z.string().nullable().describe('Component of 2.x; of a status of 1.6 `Connector`; null: of a rule'),
    variable: z.string().nullable().describe('Variable of 2.x; of a status of 1.6 `Problem`; null: of a rule'),
    monitor: z.int().nullable().describe('Id of the monitor that raised it; null: it is built in'),
    severity,
    value: z.string().nullable().describe('Value of the variable at the last event'),
    ...fault,
    raisedAt: z.iso.datetime().describe('Since when it is so'),
    clearedAt: z.iso.datetime().nullable().describe('Null: it is open'),
    events: z.int().describe('Events that raised it again and again'),
  })
  .meta({ id: 'Alert', description: 'What is wrong with a station, or a component of it' });
export type Alert = z.output<typeof alertSchema>;
