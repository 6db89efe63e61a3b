// What every page loads. Each part finds its own elements and does nothing on a page that has none.

import { wireCopy } from "./copy";
import { forgetDrafts } from "./forget";
import { loadMe } from "./me";
import { wireQuickChecks } from "./quickcheck";
import { wireTheme } from "./theme";
import { wireToc } from "./toc";

document.documentElement.dataset.js = "";
wireTheme(document.documentElement);
wireCopy(document);
wireQuickChecks();
wireToc();
forgetDrafts();
void loadMe();
