import { Param } from '@nestjs/common';
import { MAX_STATION_LENGTH } from '@voltbus/contracts';
import { text } from '../values/values';
import { zodParam } from './zod.pipes';

const CHECKED = zodParam('station', text.min(1).max(MAX_STATION_LENGTH));

/** The station in the path of a route. A name that no station can have is answered 422. */
export const StationParam = (): ParameterDecorator => Param('station', CHECKED);
