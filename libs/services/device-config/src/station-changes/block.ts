import { defineBlock } from '@voltbus/service';
import { telemetry } from '../telemetry';
import { StationChanges } from './station-changes';

/** Publishes that a station changed, for the event stream. */
export const stationChanges = defineBlock({
  name: 'station-changes',
  build: ({ bus, use }) => new StationChanges({ bus, notPublished: (error) => use(telemetry).stationChangeNotPublished(error) }),
});
