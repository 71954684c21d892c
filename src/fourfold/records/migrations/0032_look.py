import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('records', '0031_import_job'),
    ]

    operations = [
        migrations.AddField(
            model_name='organisation',
            name='looks_since',
            field=models.DateField(null=True),
        ),
        migrations.CreateModel(
            name='Look',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('viewer', 'viewer'), ('commenter', 'commenter'), ('contributor', 'contributor'), ('kpi_owner', 'KPI owner'), ('approver', 'approver'), ('editor', 'editor'), ('scorecard_admin', 'scorecard admin'), ('auditor', 'auditor'), ('organisation_admin', 'organisation admin'), ('guest_link', 'guest link'), ('service_key', 'service key')], max_length=20)),
                ('day', models.DateField(help_text='Where the organisation is.')),
                ('kpi', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='records.kpi')),
                ('organisation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to='records.organisation')),
            ],
            options={
                'indexes': [models.Index(fields=['organisation', 'day'], name='look_of_day')],
                'constraints': [models.UniqueConstraint(fields=('kpi', 'day', 'role'), name='look_once_a_day')],
            },
        ),
    ]
