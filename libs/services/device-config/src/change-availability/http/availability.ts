import { MAX_INT32, reason } from '@voltbus/http';
import { z } from 'zod';
import type { ShownAvailability } from '../change-availability';
import { AVAILABILITIES, CHANGE_STATES, type Place } from '../domain/availability';

const availabilitySchema = z
  .enum(AVAILABILITIES)
  .meta({ id: 'Availability', description: '`Operative`: in service. `Inoperative`: out of service' });

const number = z
  .int()
  .min(1)
  .max(MAX_INT32 - 1);

/** `POST /v1/stations/{station}/change-availability`. */
export const changeSchema = z
  .strictObject({
    availability: availabilitySchema.describe('In service, or out of it'),
    evse: number.optional().describe('Left out: the whole station'),
    connector: number.optional().describe('Of the EVSE; left out: the whole EVSE. In 1.6 each connector is an EVSE with connector 1'),
    reason: reason.optional().describe('For people'),
    wait: z.int().min(1).max(60).default(30).describe('Seconds to wait for the answer of the station'),
  })
  .refine(({ evse, connector }) => connector === undefined || evse !== undefined, {
    path: ['evse'],
    error: 'is missing: a connector is one of an EVSE',
  })
  .meta({ id: 'AvailabilityChange', description: 'What shall be in service or out of service' });

const wantedSchema = z
  .object({
    availability: availabilitySchema.describe('In service, or out of it'),
    state: z
      .enum(CHANGE_STATES)
      .describe(
        '`waiting`: it is sent when the station can be reached. `sent`: not answered yet. `accepted`, `scheduled` (when the session has ended), `rejected`: the answer of the station. `failed`: the station did not keep to it, three times since its boot',
      ),
    reason: z.string().nullable().describe('Of the operator; null: none was given'),
    changedBy: z.string().describe('Id of an API key, `administrator`, or `command`: a command of an operator did it'),
    changedAt: z.iso.datetime().describe('When it was wanted'),
    command: z.uuid().nullable().describe('The last command that was sent for it; null: none yet'),
    sentAt: z.iso.datetime().nullable().describe('When that was sent'),
    answeredAt: z.iso.datetime().nullable().describe('When the station answered it; null: not yet'),
  })
  .meta({ id: 'WantedAvailability', description: 'What an operator last wanted of a place' });

const placeSchema = z
  .object({
    evse: z.int().describe('0: the station itself'),
    connector: z.int().describe('0: the EVSE or the station itself'),
    wanted: wantedSchema.nullable().describe('Null: nothing was ever wanted of it'),
    reported: z.string().nullable().describe('Status that the station last reported; null: none'),
    reportedAt: z.iso.datetime().nullable().describe('Since when, as the station says'),
  })
  .meta({ id: 'PlaceAvailability', description: 'A station, an EVSE or a connector: what is wanted of it, and what it reports' });

export const availabilitySchemaOf = z
  .object({
    station: z.string().describe('Of which station'),
    places: z.array(placeSchema).describe('Each of which something is wanted or reported'),
  })
  .meta({ id: 'StationAvailability', description: 'What of a station is in service' });

export function availabilityView(station: string, { wanted, reported }: ShownAvailability): z.output<typeof availabilitySchemaOf> {
  const key = ({ evse, connector }: Place) => `${evse}/${connector}`;
  const [wantedAt, reportedAt] = [new Map(wanted.map((one) => [key(one), one])), new Map(reported.map((one) => [key(one), one]))];
  const places = [
    ...new Map([...wanted, ...reported].map(({ evse, connector }) => [key({ evse, connector }), { evse, connector }])).values(),
  ];
  return {
    station,
    places: places
      .sort((one, other) => one.evse - other.evse || one.connector - other.connector)
      .map((place) => {
        const [mine, shown] = [wantedAt.get(key(place)), reportedAt.get(key(place))];
        return {
          ...place,
          wanted: mine === undefined ? null : wantedView(mine),
          reported: shown?.status ?? null,
          reportedAt: shown?.changedAt.toISOString() ?? null,
        };
      }),
  };
}

function wantedView(given: ShownAvailability['wanted'][number]): z.output<typeof wantedSchema> {
  const { availability, state, reason: why, changedBy, changedAt, command, sentAt, answeredAt } = given;
  return {
    ...{ availability, state, reason: why, changedBy, command },
    changedAt: changedAt.toISOString(),
    sentAt: sentAt?.toISOString() ?? null,
    answeredAt: answeredAt?.toISOString() ?? null,
  };
}
