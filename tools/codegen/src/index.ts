export { GENERATED, generate, staleFiles, writeGenerated } from './generate';
