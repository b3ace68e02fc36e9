"""The report in a browser: it loads nothing, sorts, and is read by all."""

import base64
import json
import re
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import mifs
from mifs.exceptions import MifsWarning

pytest.importorskip("jinja2")
webdriver = pytest.importorskip("selenium.webdriver")
axe = pytest.importorskip("axe_core_python")
BROWSER = shutil.which("chromium") or shutil.which("chromium-browser")
DRIVER = shutil.which("chromedriver")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        BROWSER is None or DRIVER is None,
        reason="chromium or its driver is not installed",
    ),
]

SCRIPT = "<script>alert(1)</script>"
LONG = "the share of the rows whose value is known at the time of the decision, No. "
WIDE = [
    "W" * 30 + "1",
    "W" * 30 + "2",
    "MUNICIPALITY OF @@@@@@@@@@@@",
    "漢字" * 12,
    "a ",
]
FLAGS = (
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic"),
    *("--no-first-run", "--disable-background-networking", "--disable-sync"),
    *("--disable-component-update", "--disable-dev-shm-usage"),
)
# Texts of pictures that are cut, or lie upon each other.
OF_PICTURES = """
const found = [];
for (const picture of document.querySelectorAll("svg[role=img]")) {
  const frame = picture.getBoundingClientRect();
  const texts = [...picture.querySelectorAll("text")]
    .map((text) => [text.firstChild?.data ?? "", text.getBoundingClientRect()]);
  for (const [said, box] of texts) {
    if (box.left < frame.left - 1 || box.right > frame.right + 1 ||
        box.bottom > frame.bottom + 1)
      found.push(`cut: ${said}`);
  }
  texts.forEach(([said, a], i) => texts.slice(i + 1).forEach(([other, b]) => {
    const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
    const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    if (wide > 1 && high > 4) found.push(`upon each other: ${said} | ${other}`);
  }));
}
return found;
"""


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    options = webdriver.ChromeOptions()
    for flag in FLAGS:
        options.add_argument(flag)
    options.add_argument(f"--user-data-dir={tmp_path_factory.mktemp('profile')}")
    options.binary_location = BROWSER
    logs = {"performance": "ALL", "browser": "ALL"}
    options.set_capability("goog:loggingPrefs", logs)
    driver = webdriver.Chrome(options, webdriver.ChromeService(DRIVER))
    yield driver
    driver.quit()


def odd_table():
    """Columns of every kind: names of all lengths, missing values, a copy, a leak."""
    rng = np.random.default_rng(0)
    n = 400
    y = pd.Series(rng.choice(["<b>low", "middle", "high & dry"], n), name="the class")
    size = y.map({"<b>low": 0.0, "middle": 1.0, "high & dry": 3.0})
    X = pd.DataFrame(
        {
            SCRIPT: size + rng.normal(size=n),
            LONG + "1": size + 2 * rng.normal(size=n),
            LONG + "2": size - 2 * rng.normal(size=n),
            "A_NAME_OF_WIDE_CAPITALS_WWWWWWWWWWWWMMMMMM": rng.normal(size=n),
            "town": np.where(rng.random(n) < 0.3, None, y.str[-3:]),
            "n": rng.poisson(size + 1),
            "m": rng.integers(0, 40, n),
            "place": np.array(WIDE)[rng.integers(0, 2, n) + 2 * size.astype(int) // 2],
        }
    )
    return X, y


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """Files of reports: of classes with resamples, of a quantity, of nothing."""
    folder = tmp_path_factory.mktemp("pages")
    X, y = odd_table()
    with pytest.warns(MifsWarning):
        selector = mifs.JMI(8).fit(X, y)
    stable = mifs.StabilitySelector(mifs.JMI(2), 6).fit(X, y)
    amount = (X["n"] * 110_000.0 + X["m"]).rename(LONG)
    with pytest.warns(MifsWarning):
        quantity = mifs.MIRMR(5).fit(X, amount)
    noise = X.iloc[:, [3]], y
    with pytest.warns(MifsWarning):
        nothing = mifs.JMI("auto").fit(*noise)
    reports = {
        "classes": mifs.report(selector, X, y, stability=stable),
        "quantity": mifs.report(quantity, X, amount),
        "nothing": mifs.report(nothing, *noise),
    }
    for name, report in reports.items():
        report.save(folder / f"{name}.html")
    notebook = f"<p>A cell.</p>{reports['classes']._repr_html_()}"
    (folder / "notebook.html").write_text(notebook, encoding="utf-8")
    return folder


def show(browser, path, scheme="light", width=1100, media=""):
    """Open a page as a reader has set up the browser."""
    feature = {"name": "prefers-color-scheme", "value": scheme}
    looks = {"features": [feature], "media": media}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", looks)
    window = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", window)
    browser.get(path.as_uri())


@pytest.mark.parametrize("name", ["classes", "quantity", "nothing"])
def test_nothing_is_loaded_and_nothing_fails(browser, pages, name):
    browser.get_log("performance")
    show(browser, pages / f"{name}.html")
    said = (json.loads(log["message"]) for log in browser.get_log("performance"))
    asked = {
        entry["message"]["params"]["request"]["url"]
        for entry in said
        if entry["message"]["method"] == "Network.requestWillBeSent"
    }
    own = (pages / f"{name}.html").as_uri()
    assert own in asked
    assert all(url == own or url.startswith("data:") for url in asked)
    assert browser.get_log("browser") == []


def cells(browser, place):
    """Texts of a column of the ranking, as they stand."""
    script = (
        "return [...document.querySelectorAll('#ranking tbody tr')]"
        ".map((row) => row.cells[arguments[0]].textContent.trim())"
    )
    return browser.execute_script(script, place)


def test_ranking_sorts_by_mouse_and_by_keyboard(browser, pages):
    show(browser, pages / "classes.html")
    by_rank = cells(browser, 1)
    buttons = browser.find_elements("css selector", "#ranking thead button")
    names = [button.text for button in buttons]
    place = names.index("relevance (nats)")
    head = "#ranking thead tr > :nth-child({})"
    buttons[place].click()
    up = [float(text) for text in cells(browser, place)]
    assert up == sorted(up)
    assert len(set(up)) > 3
    own = browser.find_element("css selector", head.format(place + 1))
    assert own.get_attribute("aria-sort") == "ascending"
    buttons[place].send_keys("\n")
    assert [float(text) for text in cells(browser, place)] == sorted(up, reverse=True)
    assert own.get_attribute("aria-sort") == "descending"
    buttons[names.index("feature")].send_keys(" ")
    letters = cells(browser, 1)
    assert sorted(letters) == sorted(by_rank)
    assert letters != by_rank
    assert own.get_attribute("aria-sort") is None
    buttons[0].click()
    assert cells(browser, 1) == by_rank


def test_pictures_are_there_and_names_are_text(browser, pages):
    show(browser, pages / "classes.html")
    pictures = browser.find_elements("css selector", "svg[role=img]")
    assert len(pictures) == 4 + 8
    for picture in pictures:
        assert picture.size["height"] > 50
        assert picture.size["width"] > 300
        assert picture.accessible_name == picture.get_attribute("aria-label")
        assert picture.aria_role in ("image", "img")
    # Marks have a place and a colour of their own.
    bars = browser.find_elements("css selector", "#path rect.relevance")
    assert len({bar.size["width"] for bar in bars}) > 3
    assert SCRIPT in cells(browser, 1)
    assert len(browser.find_elements("css selector", "script")) == 1
    assert not browser.find_elements("css selector", "main b")


AXE = (Path(axe.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
RUN = "axe.run(document, {resultTypes: ['violations']}).then(arguments[0])"


def violations(browser):
    """What axe-core finds in the page that is open: rules, and where."""
    browser.set_script_timeout(120)
    browser.execute_script(AXE)
    found = browser.execute_async_script(RUN)["violations"]
    return {rule["id"]: [node["html"] for node in rule["nodes"]] for rule in found}


@pytest.mark.parametrize(
    ("name", "scheme"),
    [
        ("classes", "light"),
        ("classes", "dark"),
        ("quantity", "light"),
        ("nothing", "dark"),
    ],
)
def test_accessible(browser, pages, name, scheme):
    show(browser, pages / f"{name}.html", scheme)
    opened = "for (const d of document.querySelectorAll('details')) d.open = true"
    browser.execute_script(opened)
    ground = "return getComputedStyle(document.body).backgroundColor"
    expected = {"light": "rgb(255, 255, 255)", "dark": "rgb(20, 20, 20)"}[scheme]
    assert browser.execute_script(ground) == expected
    assert violations(browser) == {}


def test_what_is_not_accessible_would_be_found(browser, pages):
    show(browser, pages / "nothing.html")
    browser.execute_script(
        "document.documentElement.removeAttribute('lang');"
        "document.querySelector('svg[role=img], svg').setAttribute('role', 'img');"
        "document.querySelector('svg').removeAttribute('aria-hidden');"
        "document.querySelector('.answer').style.color = '#bbb';"
        "document.querySelector('h2').outerHTML = '<h5>out of order</h5>';"
    )
    found = set(violations(browser))
    assert found >= {"html-has-lang", "svg-img-alt", "color-contrast", "heading-order"}


def test_links_and_pictures_in_a_notebook(browser, pages):
    show(browser, pages / "notebook.html")
    browser.switch_to.frame(browser.find_element("css selector", "iframe"))
    diamond = browser.find_element("css selector", "#path svg[role=img] use")
    assert diamond.size["width"] > 5
    browser.find_element("css selector", "nav a[href='#criteria']").click()
    top = "return document.getElementById('criteria').getBoundingClientRect().top"
    assert abs(browser.execute_script(top)) < 50
    browser.switch_to.default_content()


CONTRAST = """
const parse = (text) => text.match(/[\\d.]+/g).map(Number);
const light = (rgb) => {
  const [r, g, b] = rgb.slice(0, 3).map((v) => v / 255)
    .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const ratio = (a, b) => {
  const [low, high] = [light(a), light(b)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
};
const paper = parse(getComputedStyle(document.body).backgroundColor);
const texts = [...document.querySelectorAll("svg text")].map((text) => [
  text.textContent,
  ratio(parse(getComputedStyle(text).fill),
        text.classList.contains("banded")
          ? parse(getComputedStyle(document.querySelector(".band")).fill) : paper),
]);
const marks = [...document.querySelectorAll(
  "rect.relevance, rect.second, rect.third, rect.fourth, .median, .mark"
)].map((mark) => [
  mark.getAttribute("class"),
  ratio(parse(getComputedStyle(mark).fill === "none"
    ? getComputedStyle(mark).stroke : getComputedStyle(mark).fill), paper),
]);
return [texts, marks];
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast_of_pictures(browser, pages, scheme):
    """4.5 of texts, 3 of marks (WCAG 2, AA): axe looks at no SVG."""
    show(browser, pages / "classes.html", scheme)
    texts, marks = browser.execute_script(CONTRAST)
    assert len(texts) > 50
    assert min(texts, key=lambda one: one[1])[1] >= 4.5
    assert {look for look, _ in marks} >= {"relevance", "second", "third", "mark"}
    assert min(marks, key=lambda one: one[1])[1] >= 3


@pytest.mark.parametrize("width", [400, 1100])
@pytest.mark.parametrize("name", ["classes", "quantity", "nothing"])
def test_nothing_is_cut(browser, pages, name, width):
    show(browser, pages / f"{name}.html", width=width)
    root = "return [document.documentElement.scrollWidth, innerWidth]"
    needed, there = browser.execute_script(root)
    assert needed <= there
    assert browser.execute_script(OF_PICTURES) == []


def test_nothing_is_cut_on_paper(browser, pages):
    """Two pictures stand side by side on A4, 182 mm between its margins."""
    show(browser, pages / "classes.html", width=688, media="print")
    many = (
        "return getComputedStyle(document.querySelector('.many')).gridTemplateColumns"
    )
    assert len(browser.execute_script(many).split()) == 2
    assert browser.execute_script(OF_PICTURES) == []


def test_regions_and_links_are_reached_by_keyboard(browser, pages):
    show(browser, pages / "classes.html")
    reached = []
    for _ in range(14):
        browser.switch_to.active_element.send_keys("\t")
        own = browser.switch_to.active_element
        reached.append((own.tag_name, own.get_attribute("href") or own.text))
    assert reached[0][1].endswith("#main")
    assert [tag for tag, _ in reached].count("a") == 9
    assert "summary" in [tag for tag, _ in reached]
    assert reached[-1][0] in ("div", "button")


def test_prints_on_a4(browser, pages):
    show(browser, pages / "classes.html", "dark")
    asked = {"preferCSSPageSize": True, "printBackground": False}
    printed = browser.execute_cdp_cmd("Page.printToPDF", asked)
    pdf = base64.b64decode(printed["data"])
    sizes = set(re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf))
    assert sizes == {(b"594.95996", b"841.91998")}
    show(browser, pages / "classes.html", "dark", media="print")
    ground = "return getComputedStyle(document.body).color"
    assert browser.execute_script(ground) == "rgb(26, 26, 26)"
    hidden = browser.find_element("css selector", "nav")
    assert not hidden.is_displayed()
