export { median, ratios, type Pair, type Ratios } from './statistics';
