import { defineList, filterOf, instant, oneOf, anyOf, text } from '@voltbus/http';
import { z } from 'zod';
import { HISTORY_KINDS } from '../domain/history-entry';
import { MAX_CODE_LENGTH } from '../limits';
import type { StatusHistoryRow } from '../store/typeorm-status-history-list';

export const historyEntrySchema = z
  .object({
    id: z.uuid().describe('Its id'),
    station: z.string().describe('Of which station'),
    evse: z.int().describe('0: the station itself'),
    connector: z.int().describe('0: the EVSE or the station. In 1.6 each connector is an EVSE with connector 1'),
    kind: z
      .enum(HISTORY_KINDS)
      .describe(
        '`status`: of a connector, an EVSE or the station. `problem`: of a component (2.x). `connection`: of the station to Voltbus',
      ),
    component: z.string().nullable().describe('Of a problem'),
    status: z.string().describe('As the station reported it; of a problem `active` or `over`, of a connection `online` or `offline`'),
    errorCode: z.string().nullable().describe('Error code of 1.6, or the code of the vendor in 2.x; null: none'),
    vendorErrorCode: z.string().nullable().describe('1.6 only'),
    vendorId: z.string().nullable().describe('1.6 only: whose code that is'),
    info: z.string().nullable().describe('Explanation of the station'),
    at: z.iso.datetime().describe('From when on it counts: the time of the station where it can be believed, and never after its receipt'),
    receivedAt: z.iso.datetime().describe('When it was received'),
    stationTime: z.iso.datetime().nullable().describe('As the station wrote it; null: not told, or not to be believed'),
    confirmedAt: z.iso.datetime().describe('When the station last repeated it'),
    replacedAt: z.iso.datetime().nullable().describe('When something else followed; null: it holds'),
    superseded: z.boolean().describe('Whether it came from an older connection after a newer one had reported: it does not count'),
  })
  .meta({ id: 'StatusHistoryEntry', description: 'A state of a connector or a component, or a connection, as it was reported' });

const number = filterOf({ type: 'integer', minimum: 0, maximum: 999_999_999 }, (part) =>
  /^\d{1,9}$/.test(part) ? { value: Number(part) } : { fault: `${part.slice(0, 20)} is no whole number` },
);

/** `GET /v1/stations/{station}/status-history`. */
export const statusHistoryList = defineList({
  item: historyEntrySchema,
  keys: ['id'],
  filters: {
    evse: number.optional().describe('0: of the station itself'),
    connector: number.optional().describe('0: of no connector'),
    kind: oneOf(HISTORY_KINDS).optional().describe('What it is of'),
    status: anyOf(text.max(MAX_CODE_LENGTH)).optional().describe('As it is spelt'),
    from: instant.optional().describe('It counts from then on or from later'),
    to: instant.optional().describe('It counts from before'),
  },
  sorts: ['at'],
  defaultSort: '-at',
});

export function historyEntryView(row: StatusHistoryRow): z.output<typeof historyEntrySchema> {
  return {
    ...row,
    component: row.component === '' ? null : row.component,
    at: row.at.toISOString(),
    receivedAt: row.receivedAt.toISOString(),
    stationTime: row.stationTime?.toISOString() ?? null,
    confirmedAt: row.confirmedAt.toISOString(),
    replacedAt: row.replacedAt?.toISOString() ?? null,
  };
}
