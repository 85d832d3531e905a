import type { StationRef } from '@voltbus/contracts';
import type { DataSource } from 'typeorm';
import { removeStationRows } from '../../store/typeorm-station-rows';

/** The QR code of an EVSE, or of every EVSE of the station without its own. */
export interface QrCode {
  station: string;
  /** `WHOLE_STATION`, or the EVSE. */
  evse: number;
  urlTemplate: string;
  /** Null: it is always the same (a sticker). */
  totp: { validitySeconds: number; length: number; closedSecret: Buffer } | null;
}

interface Row {
  station: string;
  evse: number;
  url_template: string;
  /** All of them, or none. */
  validity_seconds: number | null;
  code_length: number | null;
  closed_secret: Buffer | null;
}

/** QR codes of one station: as many as it may have connectors. */
export const MAX_QR_CODES = 128;

/** What drivers scan, per station and EVSE. */
export class TypeormQrCodes {
  constructor(private readonly dataSource: DataSource) {}

  /** False: the station has as many as it may. */
  async put(tenant: string, { station, evse, urlTemplate, totp }: QrCode): Promise<boolean> {
    const rows: unknown[] = await this.dataSource.query(
      `INSERT INTO transactions.qr_codes (tenant, station, evse, url_template, validity_seconds, code_length, closed_secret)
       SELECT $1::text, $2::text, $3::integer, $4::text, $5::integer, $6::integer, $7::bytea
       WHERE EXISTS (SELECT FROM transactions.qr_codes WHERE tenant = $1 AND station = $2 AND evse = $3)
         OR (SELECT count(*) FROM transactions.qr_codes WHERE tenant = $1 AND station = $2) < ${MAX_QR_CODES}
       ON CONFLICT (tenant, station, evse) DO UPDATE SET url_template = excluded.url_template,
         validity_seconds = excluded.validity_seconds, code_length = excluded.code_length, closed_secret = excluded.closed_secret RETURNING 1`,
      [tenant, station, evse, urlTemplate, totp?.validitySeconds ?? null, totp?.length ?? null, totp?.closedSecret ?? null],
    );
    return rows.length > 0;
  }

  /** False: there was none. */
  async remove({ tenant, station }: StationRef, evse: number): Promise<boolean> {
    const [, count]: [unknown, number] = await this.dataSource.query(
      'DELETE FROM transactions.qr_codes WHERE tenant = $1 AND station = $2 AND evse = $3',
      [tenant, station, evse],
    );
    return count > 0;
  }

  /** Of all the stations of these names; those that are none have none. */
  async of(tenant: string, stations: readonly string[]): Promise<QrCode[]> {
    const rows: Row[] = await this.dataSource.query(
      `SELECT station, evse, url_template, validity_seconds, code_length, closed_secret FROM transactions.qr_codes
       WHERE tenant = $1 AND station = ANY($2::text[]) ORDER BY station, evse`,
      [tenant, stations],
    );
    return rows.map(toQrCode);
  }

  /** The station was deleted. */
  removeStation(ref: StationRef): Promise<void> {
    return removeStationRows(this.dataSource, ref, 'qr_codes');
  }
}

function toQrCode({ station, evse, url_template: urlTemplate, validity_seconds, code_length, closed_secret }: Row): QrCode {
  const fixed = validity_seconds === null || code_length === null || closed_secret === null;
  const totp = fixed ? null : { validitySeconds: validity_seconds, length: code_length, closedSecret: closed_secret };
  return { station, evse, urlTemplate, totp };
}
