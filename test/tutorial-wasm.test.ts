import { tutorialSuite } from './tutorial.test';

tutorialSuite('wasm', 1e-5);
