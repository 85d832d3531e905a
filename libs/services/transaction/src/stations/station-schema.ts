import { MAX_STATION_LENGTH } from '@voltbus/contracts';
import { text } from '@voltbus/http';

/** A station in a path. */
export const stationSchema = text.min(1).max(MAX_STATION_LENGTH);
