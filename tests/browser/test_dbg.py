from tests.browser.harness import Solve
import os
from tests.browser.conftest import *  # noqa
def test_dbg(solve: Solve) -> None:
    for slow in (False, False, False, False):
        solve.open(problem="decay") if os.environ.get("DIRECT") else solve.open()
        if not os.environ.get("DIRECT"):
            solve.choose_problem("Exponential decay")
            solve.page.get_by_role("radio", name="Sharp").click()
            solve.page.wait_for_timeout(3000)
        print(solve.page.url)
        s=solve.slider("Width"); s.focus()
        for i in range(3):
            s.press("ArrowRight")
            if slow: solve.page.wait_for_timeout(4000); print(i, solve.page.url)
        solve.page.wait_for_timeout(6000); print("end", slow, solve.page.url, s.get_attribute("aria-valuetext"))
