import { readmeWithValues } from './values-table';

process.stdout.write(readmeWithValues());
