"""The function app: registers the blueprints, nothing else."""

import azure.durable_functions as df

from poll_state.blueprint import blueprint as poll_state
from start_sync.blueprint import blueprint as start_sync
from status.blueprint import blueprint as status
from status.page_blueprint import blueprint as page

app = df.DFApp()
app.register_blueprint(start_sync)
app.register_blueprint(poll_state)
app.register_blueprint(status)
app.register_blueprint(page)
